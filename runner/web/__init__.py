"""What a person sees: pages, their words and scripts, over Flask. It decides nothing and calls the pipeline only."""
