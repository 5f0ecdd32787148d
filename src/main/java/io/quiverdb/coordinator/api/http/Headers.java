// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

/** Names of headers that this surface knows. */
public final class Headers {
  /** The member that answers. */
  public static final String NODE = "X-Quiver-Node";

  /** The term that this member knows. */
  public static final String TERM = "X-Quiver-Term";

  /** The newest entry that is applied here. */
  public static final String APPLIED_INDEX = "X-Quiver-Applied-Index";

  /** Says that the answer is that of an earlier request with the same key. */
  public static final String REPLAY = "Idempotent-Replay";

  /** Names a request, so that repeating it does nothing more. */
  public static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  /** The map version that the caller expects. */
  public static final String IF_MATCH = "If-Match";

  private Headers() {}
}
