// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Option;

/** The addresses of a member. */
final class MemberAddressOptions {
  @Option(
      names = "--raft",
      paramLabel = "HOST:PORT",
      required = true,
      description = "Where the other members reach its Raft port.")
  private String raft = "";

  @Option(names = "--http", paramLabel = "URL", required = true, description = "Its REST address.")
  private String http = "";

  ObjectNode body() {
    return Session.object().put("raft", raft).put("http", http);
  }

  /** The JSON of a member with this id. */
  ObjectNode body(String id) {
    return Session.object().put("id", id).put("raft", raft).put("http", http);
  }
}
