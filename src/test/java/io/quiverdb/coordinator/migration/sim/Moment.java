// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.command.Command;

/** The n-th moment of a kind in the work of leaders: the leader dies at it. */
final class Moment implements Ambush {
  /** Kinds of moments. */
  enum When {
    /** A request is never sent. */
    BEFORE_REQUEST,
    /** It was sent, and takes effect. */
    AFTER_REQUEST,
    /** It was sent, and takes effect as late as it may. */
    LONG_BEFORE_ITS_EFFECT,
    /** An entry is never proposed. */
    BEFORE_ENTRY,
    /** It was logged, and nobody knows yet. */
    AFTER_ENTRY
  }

  private final When when;
  private final int number;
  private int seen;
  private String struck = "";

  /**
   * One moment.
   *
   * @param number from 1; 0: never, moments are only counted
   */
  Moment(When when, int number) {
    this.when = when;
    this.number = number;
  }

  /** How many there were. */
  int seen() {
    return seen;
  }

  @Override
  public AtRequest request(Call call) {
    AtRequest blow =
        switch (when) {
          case BEFORE_REQUEST -> AtRequest.KILLED_BEFORE;
          case AFTER_REQUEST -> AtRequest.KILLED_AFTER;
          case LONG_BEFORE_ITS_EFFECT -> AtRequest.KILLED_LONG_BEFORE;
          case BEFORE_ENTRY, AFTER_ENTRY -> AtRequest.PASSES;
        };
    return blow != AtRequest.PASSES && isNow(call) ? blow : AtRequest.PASSES;
  }

  @Override
  public AtEntry proposed(long term, Command entry) {
    return when == When.BEFORE_ENTRY && isNow(entry) ? AtEntry.KILLED : AtEntry.PASSES;
  }

  @Override
  public boolean killsAfter(Command entry) {
    return when == When.AFTER_ENTRY && isNow(entry);
  }

  /** Whether it has come. */
  boolean struck() {
    return !struck.isEmpty();
  }

  private boolean isNow(Object what) {
    if (++seen != number) {
      return false;
    }
    struck = what.toString();
    return true;
  }

  @Override
  public String toString() {
    return when + " " + number + ": " + struck;
  }
}
