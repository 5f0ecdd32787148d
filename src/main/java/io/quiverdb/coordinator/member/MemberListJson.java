// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.member;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.MemberListReport;
import io.quiverdb.coordinator.model.RemovedMember;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The JSON of the part of a report that 0.1.0 neither writes nor reads. */
final class MemberListJson {
  private MemberListJson() {}

  static void write(MemberListReport report, ObjectNode node) {
    node.put("peer", report.peer());
    node.put("version", report.version());
    node.put("format", report.format());
    ArrayNode list = node.putArray("member_list");
    for (Member member : report.members()) {
      list.addObject()
          .put("id", member.id())
          .put("raft", member.raft())
          .put("http", member.http().toString());
    }
    ArrayNode removed = node.putArray("removed");
    for (RemovedMember gone : report.removed()) {
      removed
          .addObject()
          .put("id", gone.id())
          .put("incarnation", gone.incarnation())
          .put("key_id", gone.keyId())
          .put("at", gone.atMillis());
    }
    report.waitingOn().ifPresent(what -> node.put("waiting_on", what));
  }

  static MemberListReport read(JsonNode node) throws IOException {
    List<Member> members = new ArrayList<>();
    for (JsonNode each : node.path("member_list")) {
      members.add(
          new Member(each.path("id").asText(), each.path("raft").asText(), uri(each.path("http"))));
    }
    List<RemovedMember> removed = new ArrayList<>();
    for (JsonNode each : node.path("removed")) {
      removed.add(
          new RemovedMember(
              each.path("id").asText(),
              each.path("incarnation").asText(),
              each.path("key_id").asText(),
              each.path("at").asLong()));
    }
    return new MemberListReport(
        node.path("peer").asText(),
        node.path("version").asText(),
        node.path("format").asInt(1),
        members,
        removed,
        Optional.ofNullable(node.path("waiting_on").textValue()));
  }

  private static URI uri(JsonNode text) throws IOException {
    try {
      return new URI(text.asText());
    } catch (URISyntaxException e) {
      throw new IOException("no member's report: the http of a member is no URI", e);
    }
  }
}
