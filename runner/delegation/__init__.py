"""Questions about who may do what to whom: asked by administrators and auditors, answered from the policy in force."""
