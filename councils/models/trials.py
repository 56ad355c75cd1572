"""Nights on which the charters were tried against the seats of that day."""

from django.db import models


class Trial(models.Model):
    """One night's look at whether any council can get stuck: what makes it happen once a day, whoever sweeps."""

    day = models.DateField(unique=True)
    tried_at = models.DateTimeField()
    councils = models.PositiveIntegerField(default=0)
    stuck = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.day}: {self.stuck} of {self.councils}"
