"""What a change of the policy means: who gains and loses what, over a whole directory. Pure."""
