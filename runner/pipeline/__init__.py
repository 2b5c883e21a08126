"""The one way through: from a form and a person to a plan, a yes, an effect and its record; and the way back."""
