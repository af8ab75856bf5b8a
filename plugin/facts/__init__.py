"""Events folded into contacts, visits, legs, states, tickets and surveys."""
