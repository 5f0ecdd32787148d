// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.dev.quiver.Point;
import java.util.OptionalLong;

/**
 * A write or a delete of one key by a client, and what is known of its fate. The world knows more
 * than the client: when its last request to a shard took effect, or never will.
 */
final class Operation {
  /** Later than everything. */
  static final long NEVER = Long.MAX_VALUE;

  /** Which shards an operation changes, under the map of its router. */
  record Targets(long owner, OptionalLong donor) {
    boolean include(long shard) {
      return owner == shard || (donor.isPresent() && donor.getAsLong() == shard);
    }
  }

  final int number;
  final String collection;
  final String key;
  final Point point;
  final long invoked;
  final long mapVersion;
  final Targets targets;

  private long acked = NEVER;
  private long ended = NEVER;
  private boolean returned;
  private int inFlight;
  private int applied;

  /**
   * An operation that begins.
   *
   * @param point what is written; null: a delete
   * @param mapVersion of the router that it goes through
   */
  Operation(
      int number,
      String collection,
      String key,
      Point point,
      long invoked,
      long mapVersion,
      Targets targets) {
    this.number = number;
    this.collection = collection;
    this.key = key;
    this.point = point;
    this.invoked = invoked;
    this.mapVersion = mapVersion;
    this.targets = targets;
  }

  void sent() {
    inFlight++;
  }

  void landed(boolean tookEffect, long now) {
    inFlight--;
    applied += tookEffect ? 1 : 0;
    endIfOver(now);
  }

  void acknowledged(long now) {
    acked = now;
    returned(now);
  }

  void failed(long now) {
    returned(now);
  }

  private void returned(long now) {
    returned = true;
    endIfOver(now);
  }

  private void endIfOver(long now) {
    if (returned && inFlight == 0) {
      ended = now;
    }
  }

  /** When the client was told that it is done; {@link #NEVER} if it was not. */
  long acked() {
    return acked;
  }

  /** From when on it changes nothing any more. */
  long ended() {
    return ended;
  }

  /** Whether it failed without having changed a thing. */
  boolean harmless() {
    return ended != NEVER && acked == NEVER && applied == 0;
  }

  @Override
  public String toString() {
    return "#"
        + number
        + (point == null ? " delete " : " put ")
        + collection
        + "/'"
        + key
        + "' v"
        + mapVersion
        + " ["
        + seconds(invoked)
        + ".."
        + (acked == NEVER ? "not acknowledged, ended " + seconds(ended) : "ack " + seconds(acked))
        + "]";
  }

  private static String seconds(long nanos) {
    return nanos == NEVER ? "never" : String.format(java.util.Locale.ROOT, "%.4f", nanos / 1e9);
  }
}
