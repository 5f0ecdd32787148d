// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.health;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The impact of an alarm on the cluster, and what to do.
 *
 * @param indicator the indicator that it belongs to
 * @param impact what does not work because of it
 * @param action what to do
 * @param help a heading of the documents
 */
record AlarmAdvice(String indicator, String impact, String action, String help) {
  static final String OPERATING = "docs/operating.md#";
  static final String ONE_FEWER = "The ensemble survives the loss of one member fewer.";
  static final String NONE_TO_SPARE = "no_failure_tolerance";
  static final String ROUTER_BEHIND =
      "What clients write through that router may go to a shard that does not own it.";

  private static final Map<String, AlarmAdvice> BY_CODE = new TreeMap<>();

  static {
    put(
        "no_leader",
        Subject.QUORUM,
        "Nothing can be changed. Seconds later no member serves the map, and routers keep the one"
            + " that they have.",
        "Start the members that are down; check that the members reach each"
            + " other's Raft ports.",
        OPERATING + "alarms");
    put(
        "map_stale",
        Subject.QUORUM,
        "Routers that poll this member keep the map that they have.",
        "Check whether it reaches the leader. If a majority is down, start it.",
        OPERATING + "freshness");
    put(
        NONE_TO_SPARE,
        Subject.QUORUM,
        "The loss of one more member stops all changes.",
        "Bring back the members that other alarms name, before another one is stopped.",
        OPERATING + "what-healthy-looks-like");
    put(
        "member_unreachable",
        Subject.MEMBERS,
        ONE_FEWER,
        "Start it. If it runs, correct its address or the network. If its host is lost, replace"
            + " it.",
        OPERATING + "replace-a-dead-host");
    put(
        "member_not_following",
        Subject.MEMBERS,
        ONE_FEWER,
        "The page says what to do for each cause.",
        OPERATING + "a-member-that-does-not-follow");
    put(
        "member_rejoining",
        Subject.MEMBERS,
        ONE_FEWER,
        "Keep the other members up: it is added automatically.",
        OPERATING + "replace-a-node-or-a-wiped-disk");
    put(
        "clock_differs",
        Subject.CLOCKS,
        "Times in the history and of migrations are wrong. Nothing else depends on them.",
        "Correct the clock (NTP).",
        OPERATING + "start");
    put(
        "shard_unhealthy",
        Subject.SHARDS,
        "Points of that shard are not written, and read only where a replica answers. Migrations"
            + " that need it hold.",
        "Check the shard's process, its host and its certificate. If it has"
            + " another address now, use shards set-url.",
        OPERATING + "alarms");
    put(
        "left_address_answers",
        Subject.SHARDS,
        "Routers that remember the address write to it, and what it acknowledges is lost.",
        "Stop that process, then restart the routers.",
        OPERATING + "a-shard-at-another-address");
    put(
        "growth_advised",
        Subject.SHARDS,
        "None yet: shards get fuller than the growth policy wants them.",
        "Add a shard (shards grow), or see what autoscale says against adding a standby.",
        OPERATING + "growth-by-a-policy");
    put(
        "map_poll_unauthorized",
        Subject.ROUTERS,
        ROUTER_BEHIND,
        "Give the router a key that the coordinator knows (QUIVER_CLUSTER_SHARD_KEY).",
        OPERATING + "keys-and-roles");
    put(
        "router_behind",
        Subject.ROUTERS,
        ROUTER_BEHIND,
        "Check that it polls a coordinator of this cluster with a valid key. If"
            + " it is gone for good, remove it from the registry.",
        OPERATING + "alarms");
    put(
        "router_untrusted",
        Subject.ROUTERS,
        "A migration cannot see that this router has adopted the map, and holds.",
        "Correct the router's certificate, or routers_ca.",
        "docs/configuration.md#shards-over-tls");
    put(
        "migration_holding",
        Subject.MIGRATIONS,
        "The migration does not continue. Before the flip clients' writes go to both sides.",
        "The page says what to do for each word that a migration waits for.",
        "docs/migration.md#what-a-migration-waits-for");
    put(
        "left_dirty",
        Subject.MIGRATIONS,
        "Searches may show copies of points that belong to other shards.",
        "Empty the shard, drain it, or keep the copies: the cause says which.",
        "docs/migration.md#a-shard-that-never-comes-back");
    put(
        "cooling_timed_out",
        Subject.MIGRATIONS,
        "Searches on a donor may show points that were moved away.",
        "Search the collection on the shard that is named, or restart that shard.",
        OPERATING + "alarms");
    put(
        "manual_membership",
        Subject.MIGRATIONS,
        "No migration can start.",
        "Promote or remove the shard, or drain the one that is leaving.",
        OPERATING + "alarms");
    put(
        "certificate_expires",
        Subject.CERTIFICATES,
        "Once it has expired, members and operators refuse the connection.",
        "Replace the certificate; no restart is needed.",
        "docs/tls.md#a-certificate-is-renewed");
    put(
        "audit_failed",
        Subject.DISK,
        "The audit file may lack records.",
        "Free space, or correct the mode and owner of the file.",
        OPERATING + "the-audit-file");
    put(
        "bootstrap_mismatch",
        Subject.CONFIGURATION,
        "None: it changed nothing.",
        "Make its bootstrap and routers equal to the others', or remove them, and restart it.",
        OPERATING + "alarms");
    put(
        "members_differ",
        Subject.CONFIGURATION,
        "None now: the member uses the replicated list.",
        "Correct ensemble.members in its file before its next restart.",
        OPERATING + "the-list-of-members");
    put(
        "member_not_configured",
        Subject.CONFIGURATION,
        "This member does not ask that member, and does not count it.",
        "Give all members the same list.",
        OPERATING + "the-list-of-members");
    put(
        "reload_failed",
        Subject.CONFIGURATION,
        "The previous content stays in use: a key that should be replaced is still accepted.",
        "Correct the file; it is checked every 10 s, and on SIGHUP.",
        OPERATING + "alarms");
  }

  private static final AlarmAdvice UNKNOWN =
      new AlarmAdvice(
          Subject.CONFIGURATION, "See the cause.", "Do what the cause says.", OPERATING + "alarms");

  private static void put(
      String code, String indicator, String impact, String action, String help) {
    BY_CODE.put(code, new AlarmAdvice(indicator, impact, action, help));
  }

  static AlarmAdvice of(String code) {
    return BY_CODE.getOrDefault(code, UNKNOWN);
  }

  /** All codes with advice. */
  static Set<String> codes() {
    return BY_CODE.keySet();
  }
}
