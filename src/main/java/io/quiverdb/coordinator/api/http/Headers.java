// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

/** The names of headers. */
public final class Headers {
  /** The member that answers. */
  public static final String NODE = "X-Quiver-Node";

  /** The term that this member knows. */
  public static final String TERM = "X-Quiver-Term";

  /** The newest entry that this member has applied. */
  public static final String APPLIED_INDEX = "X-Quiver-Applied-Index";

  /** Marks the answer to an earlier request with the same key. */
  public static final String REPLAY = "Idempotent-Replay";

  /** Names a request, so that repeating it does nothing more. */
  public static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  /** The map version that the caller expects. */
  public static final String IF_MATCH = "If-Match";

  private Headers() {}
}
