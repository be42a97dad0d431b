"""The parts of the SQL export (`admission.audit.sqlview`): facts, findings with what to ask, classes, enterprises."""
