"""The same words elsewhere, as the API writes them."""

from typing import Any

from rest_framework import serializers


class CrossPostSerializer(serializers.Serializer[Any]):
    ticket = serializers.IntegerField()
    network = serializers.CharField()
