// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

/** The releases of Quiver whose behaviour the in-memory shards and routers can take on. */
public enum QuiverVersion {
  /** Before drains: maps have no {@code leaving}, collections no {@code index_ready}. */
  V0_27_0("0.27.0"),
  /** The first stable release. */
  V1_1_0("1.1.0");

  private final String text;

  QuiverVersion(String text) {
    this.text = text;
  }

  /** As Quiver prints it: {@code 1.1.0}. */
  public String text() {
    return text;
  }

  /** Whether routers understand and echo {@code leaving}. */
  boolean knowsLeaving() {
    return this != V0_27_0;
  }

  /** Whether a router's map is shown to admin keys only. */
  boolean guardsMap() {
    return this != V0_27_0;
  }

  /** Whether a router refuses what it cannot do with 501, instead of asking its own empty store. */
  boolean refusesUnrouted() {
    return this != V0_27_0;
  }

  /** Whether a search on a collection whose index was never built waits for the build. */
  boolean firstSearchWaits() {
    return this != V0_27_0;
  }

  /** Whether a collection says {@code index_ready}. */
  boolean reportsIndexReady() {
    return this != V0_27_0;
  }

  /** Whether a collection's name is held to ASCII letters, digits, {@code -_.} and 255 bytes. */
  boolean checksNames() {
    return this != V0_27_0;
  }

  /** Whether answers carry the two hardening headers. */
  boolean hardensAnswers() {
    return this != V0_27_0;
  }
}
