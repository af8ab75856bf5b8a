"""Rules, their evaluation and the incidents that they raise."""
