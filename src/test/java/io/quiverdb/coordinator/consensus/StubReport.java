// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A report of a member with the values of the test; by default a ready follower in term 3 with
 * index 9. Not thread-safe.
 */
public final class StubReport {
  private final String id;
  private String ensemble = "test";
  private String incarnation = "x";
  private List<String> members = List.of();
  private Map<String, String> known = Map.of();
  private List<String> retired = List.of();
  private boolean empty;
  private Leadership.Role role = Leadership.Role.FOLLOWER;
  private boolean ready = true;
  private long term = 3;
  private long index = 9;
  private OptionalLong staleness = OptionalLong.of(1);
  private Map<String, String> unreachable = Map.of();
  private String noVote = "";
  private int maxFormat = 1;
  private boolean bootable;
  private boolean bootstrapped = true;
  private long clockMillis;
  private MemberListReport list = MemberListReport.NONE;

  private StubReport(String id) {
    this.id = id;
  }

  public static StubReport of(String id) {
    return new StubReport(id);
  }

  public StubReport ensemble(String name) {
    ensemble = name;
    return this;
  }

  public StubReport incarnation(String name) {
    incarnation = name;
    return this;
  }

  /** As configured: {@code id=host:port}. */
  public StubReport members(List<String> configured) {
    members = configured;
    return this;
  }

  public StubReport known(Map<String, String> incarnations) {
    known = incarnations;
    return this;
  }

  public StubReport retired(String... incarnations) {
    retired = List.of(incarnations);
    return this;
  }

  /** Neither log nor snapshot. */
  public StubReport empty() {
    empty = true;
    return index(-1);
  }

  public StubReport role(Leadership.Role now) {
    role = now;
    return this;
  }

  public StubReport ready(boolean now) {
    ready = now;
    return this;
  }

  public StubReport term(long current) {
    term = current;
    return this;
  }

  /** The last index of its log, which it has committed and applied. */
  public StubReport index(long last) {
    index = last;
    return this;
  }

  public StubReport staleness(OptionalLong millis) {
    staleness = millis;
    return this;
  }

  public StubReport unreachable(Map<String, String> leaders) {
    unreachable = leaders;
    return this;
  }

  public StubReport noVote(String reason) {
    noVote = reason;
    return this;
  }

  public StubReport maxFormat(int format) {
    maxFormat = format;
    return this;
  }

  public StubReport bootable() {
    bootable = true;
    return this;
  }

  public StubReport bootstrapped(boolean now) {
    bootstrapped = now;
    return this;
  }

  public StubReport clock(long millis) {
    clockMillis = millis;
    return this;
  }

  public StubReport list(MemberListReport said) {
    list = said;
    return this;
  }

  public MemberReport build() {
    return new MemberReport(
        id,
        ensemble,
        incarnation,
        members,
        known,
        retired,
        empty,
        role,
        ready,
        term,
        index,
        index,
        index,
        staleness,
        unreachable,
        noVote,
        maxFormat,
        bootable,
        bootstrapped,
        clockMillis,
        list);
  }
}
