"""What is odd in a policy and its forms: parts that are not used, and ways to more than was given. Pure."""
