// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import io.quiverdb.coordinator.model.Refusal;

/** Counts what happens on the REST surface. Thread-safe; never throws, never blocks. */
public interface Recorder {
  /**
   * A request was answered.
   *
   * @param route its pattern, such as {@code /cluster/shards/{id}}; {@code unknown} if there is
   *     none
   */
  void answered(String method, String route, int status);

  /**
   * {@code GET /cluster/map} was answered. Counted separately, because it is most of the traffic.
   */
  void mapServed(int status);

  /** A poll of the map is held until the flip that was announced. */
  void pollHeld();

  /** A command was answered by the log. */
  void committed(long nanos);

  /** A command was refused. */
  void refused(Refusal refusal);

  /** A request was forwarded to the leader. */
  void forwarded();

  /**
   * The exposition of all metrics in the Prometheus text format 0.0.4.
   *
   * @param seen what this member sees now
   */
  String scrape(Observation seen);
}
