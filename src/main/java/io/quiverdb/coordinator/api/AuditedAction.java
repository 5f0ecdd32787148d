// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The name of a request in the audit file. A change has its name in the history, if it has one; any
 * other request is a {@code read} or a {@code change}.
 *
 * @param method of HTTP
 * @param path all of it
 * @param name for people
 */
record AuditedAction(String method, Pattern path, String name) {
  private static final List<AuditedAction> TABLE =
      List.of(
          of("POST", "/cluster/shards", "add_shard"),
          of("POST", "/cluster/shards/joining", "add_joining_shard"),
          of("POST", "/cluster/shards/grow", "grow"),
          of("POST", "/cluster/shards/{}/drain", "drain"),
          of("POST", "/cluster/shards/{}/promote", "promote_shard"),
          of("DELETE", "/cluster/shards/{}", "remove_shard"),
          of("PUT", "/cluster/shards/{}/url", "set_shard_url"),
          of("POST", "/cluster/shards/{}/replicas", "add_replica"),
          of("DELETE", "/cluster/shards/{}/replicas", "remove_replica"),
          of("POST", "/cluster/ids", "allocate_id"),
          of("POST", "/cluster/routers", "register_router"),
          of("DELETE", "/cluster/routers", "remove_router"),
          of("POST", "/cluster/migrations/{}/cancel", "cancel_migration"),
          of("POST", "/cluster/migrations/{}/pause", "pause_migration"),
          of("POST", "/cluster/migrations/{}/resume", "resume_migration"),
          of("POST", "/cluster/migrations/{}/retry", "retry_migration"),
          of("PUT", "/cluster/migrations/{}/throttle", "throttle_migration"),
          of("POST", "/cluster/checks", "start_check"),
          of("DELETE", "/cluster/checks/{}", "stop_check"),
          of("POST", "/cluster/checks/{}/sweep", "start_sweep"),
          of("POST", "/cluster/members", "add_member"),
          of("DELETE", "/cluster/members", "remove_member"),
          of("PUT", "/cluster/members/{}", "set_member_address"),
          of("POST", "/cluster/members/{}/replace", "replace_member"),
          of("POST", "/cluster/leader/transfer", "transfer_leadership"),
          of("POST", "/cluster/plans", "create_plan"),
          of("DELETE", "/cluster/plans/{}", "forget_plan"),
          of("POST", "/cluster/plans/{}/cancel", "cancel_plan"),
          of("POST", "/cluster/plans/{}/pause", "pause_plan"),
          of("POST", "/cluster/plans/{}/resume", "resume_plan"),
          of("PUT", "/cluster/autoscale", "put_growth_policy"),
          of("POST", "/cluster/backups", "start_backup"),
          of("DELETE", "/cluster/backups/{}", "stop_backup"),
          of("GET", "/cluster/backups/{}/document", "backup"),
          of("POST", "/cluster/restore", "restore"),
          of("POST", "/internal/bootstrap", "bootstrap"),
          of("POST", "/internal/changes", "forwarded_changes"),
          of("GET", "/cluster/map", "get_map"),
          of("GET", "/cluster/backup", "backup"));

  /** The name of a request. */
  static String of(String method, String path) {
    return TABLE.stream()
        .filter(action -> action.method().equals(method) && action.path().matcher(path).matches())
        .map(AuditedAction::name)
        .findFirst()
        .orElse(method.equals("GET") || method.equals("HEAD") ? "read" : "change");
  }

  private static AuditedAction of(String method, String path, String name) {
    return new AuditedAction(method, Pattern.compile(path.replace("{}", "[^/]+")), name);
  }
}
