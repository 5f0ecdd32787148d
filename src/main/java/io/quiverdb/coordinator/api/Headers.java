package io.quiverdb.coordinator.api;

/** Names of headers that this surface knows. */
final class Headers {
  static final String NODE = "X-Quiver-Node";
  static final String TERM = "X-Quiver-Term";
  static final String APPLIED_INDEX = "X-Quiver-Applied-Index";
  static final String REPLAY = "Idempotent-Replay";
  static final String IDEMPOTENCY_KEY = "Idempotency-Key";
  static final String IF_MATCH = "If-Match";

  private Headers() {}
}
