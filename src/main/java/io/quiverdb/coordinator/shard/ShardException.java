// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

/** A failed call to a shard; {@link #kind()} says what that means. */
public final class ShardException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The meaning of a failure. */
  public enum Kind {
    /** It surely received nothing of the request. */
    NEVER_SENT,
    /** No whole answer in time, or 504 from a proxy: a change may still take effect. */
    TIMED_OUT,
    /** 404 with a problem document: it has no such collection. An absent point is not a failure. */
    NO_COLLECTION,
    /** 401 or 403: it does not accept the key, or it is a read replica. */
    FORBIDDEN,
    /** 421: it is a member of a Raft group and not its leader. */
    RAFT_FOLLOWER,
    /**
     * 400, 413 or 422: it refuses the content or the size of the request; or the answer to a read
     * is too long.
     */
    REFUSED,
    /** 409: it exists already. */
    EXISTS,
    /** 429: it is busy and did nothing. */
    BUSY,
    /**
     * 503: the same; but a proxy may send it, or 502, while the shard still works on the request.
     */
    UNAVAILABLE,
    /** 5xx, another status, or a malformed body: nothing is known. */
    BROKEN
  }

  private final Kind kind;
  private final String url;

  /**
   * Describes a failed call.
   *
   * @param url the shard's
   * @param message what happened, for the operator, without the URL
   */
  public ShardException(Kind kind, String url, String message) {
    super(url + ": " + message);
    this.kind = kind;
    this.url = url;
  }

  /** The meaning of the failure. */
  public Kind kind() {
    return kind;
  }

  /** The shard's base URL. */
  public String url() {
    return url;
  }

  /** Whether a change that failed like this may have taken effect, or may still do so. */
  public boolean mayTakeEffect() {
    return kind == Kind.TIMED_OUT || kind == Kind.UNAVAILABLE || kind == Kind.BROKEN;
  }
}
