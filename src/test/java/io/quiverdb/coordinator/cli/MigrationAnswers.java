// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

/** Migrations as members answer them. */
final class MigrationAnswers {
  private MigrationAnswers() {}

  /**
   * Migration 3, a grow of shard 4.
   *
   * @param waiting the detail of what it waits for; empty: for nothing
   */
  static String grow(String phase, String state, long done, String waiting) {
    return """
        {"id":3,"kind":"grow","shard_id":4,"target_url":"http://n4:6333","origin":"autoscale","phase":"%s",\
        "state":"%s","reversible":true,"runner":"c1","term":7,\
        "started_at":"2026-11-23T10:00:00Z","updated_at":"2026-11-23T10:00:05Z",\
        "finished_at":null,"map_versions":{"before":5,"during":6,"after":null},\
        "router_adoption":"observed","progress":{"points_total":90000,"points_done":%d,\
        "bytes_done":15400000,"points_per_second":41000,"eta_seconds":2,"round":1,"parts":[\
        {"collection":"docs","from":0,"to":4,"points_total":30000,"points_done":30000},\
        {"collection":"images","from":1,"to":4,"points_total":4000,"points_done":211}]},\
        "waiting_on":%s,"throttle_points_per_second":0,"error":null,"left_dirty":[],\
        "steps":[{"phase":"PREPARED","index":811},{"phase":"JOINING","index":812},\
        {"phase":"COPYING","index":813}]}"""
        .formatted(
            phase,
            state,
            done,
            waiting.isEmpty()
                ? "null"
                : "{\"what\":\"router\",\"detail\":\""
                    + waiting
                    + "\",\"since\":\"2026-11-23T10:00:01Z\",\"attempts\":12,"
                    + "\"next_retry_at\":null}");
  }
}
