"""What people do in Slack: press a button, ask a command, open the Home tab; the same whether it comes by HTTP or Socket Mode."""
