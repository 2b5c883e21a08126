"""Who asks, may they, do it, remember it: everything around forms and connectors."""
