// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

/** A shard did not do what it was asked; {@link #kind()} says what that means. */
public final class ShardException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What a failure means. */
  public enum Kind {
    /** It surely got nothing of the request. */
    NEVER_SENT,
    /** No whole answer in time, or 504 from a proxy: a change may still take effect. */
    TIMED_OUT,
    /** 404 with a problem document: it has no such collection. An absent point is no failure. */
    NO_COLLECTION,
    /** 401 or 403: it does not accept the key, or it is a read replica. */
    FORBIDDEN,
    /** 421: it is a member of a Raft group and not its leader. */
    RAFT_FOLLOWER,
    /**
     * 400, 413 or 422: something in it, or its size, is refused; or a read has too long an answer.
     */
    REFUSED,
    /** 409: it exists already. */
    EXISTS,
    /** 429: it asks to be left alone for a while, and did nothing. */
    BUSY,
    /**
     * 503: the same; but a proxy may send it, or 502, while the shard still works on the request.
     */
    UNAVAILABLE,
    /** 5xx, another status, or a body that is not what it should be: says nothing at all. */
    BROKEN
  }

  private final Kind kind;
  private final String url;

  /**
   * A failure.
   *
   * @param url the shard's
   * @param message what happened, for the operator, without the URL
   */
  public ShardException(Kind kind, String url, String message) {
    super(url + ": " + message);
    this.kind = kind;
    this.url = url;
  }

  /** What it means. */
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
