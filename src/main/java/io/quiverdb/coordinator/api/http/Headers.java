package io.quiverdb.coordinator.api.http;

/** Names of headers that this surface knows. */
public final class Headers {
  public static final String NODE = "X-Quiver-Node";
  public static final String TERM = "X-Quiver-Term";
  public static final String APPLIED_INDEX = "X-Quiver-Applied-Index";
  public static final String REPLAY = "Idempotent-Replay";
  public static final String IDEMPOTENCY_KEY = "Idempotency-Key";
  public static final String IF_MATCH = "If-Match";

  private Headers() {}
}
