"""Raw deliveries, durable before they are acknowledged: claim, retry, dead letter, replay."""
