// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.member;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.MemberReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** The JSON of members' reports. */
public final class MemberReportJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private MemberReportJson() {}

  /** The bytes of a report. */
  public static byte[] toBytes(MemberReport report) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("id", report.id());
    node.put("ensemble", report.ensemble());
    node.put("incarnation", report.incarnation());
    report.members().forEach(node.putArray("members")::add);
    ObjectNode known = node.putObject("known_incarnations");
    new TreeMap<>(report.knownIncarnations()).forEach(known::put);
    report.retired().forEach(node.putArray("retired_incarnations")::add);
    node.put("empty", report.empty());
    node.put("role", report.role().name().toLowerCase(Locale.ROOT));
    node.put("ready", report.ready());
    node.put("term", report.term());
    node.put("last_log_index", report.lastLogIndex());
    node.put("commit_index", report.commitIndex());
    node.put("applied_index", report.appliedIndex());
    if (report.stalenessMillis().isPresent()) {
      node.put("staleness_ms", report.stalenessMillis().getAsLong());
    }
    ObjectNode unreachable = node.putObject("unreachable");
    new TreeMap<>(report.unreachable()).forEach(unreachable::put);
    node.put("no_vote", report.noVote());
    node.put("max_format", report.maxFormat());
    node.put("bootable", report.bootable());
    node.put("bootstrapped", report.bootstrapped());
    node.put("clock_ms", report.clockMillis());
    MemberListJson.write(report.list(), node);
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree must have a text", e);
    }
  }

  /**
   * The report in an answer. Ignores unknown fields, because a newer member may have more.
   *
   * @throws IOException if it is not a valid report
   */
  static MemberReport fromBytes(byte[] bytes) throws IOException {
    JsonNode node = MAPPER.readTree(bytes);
    List<String> members = new ArrayList<>();
    node.path("members").forEach(member -> members.add(member.asText()));
    List<String> retired = new ArrayList<>();
    node.path("retired_incarnations").forEach(incarnation -> retired.add(incarnation.asText()));
    JsonNode staleness = node.path("staleness_ms");
    return new MemberReport(
        wanted(node, "id").asText(),
        wanted(node, "ensemble").asText(),
        wanted(node, "incarnation").asText(),
        members,
        texts(node.path("known_incarnations")),
        retired,
        wanted(node, "empty").asBoolean(),
        role(wanted(node, "role").asText()),
        wanted(node, "ready").asBoolean(),
        wanted(node, "term").asLong(),
        wanted(node, "last_log_index").asLong(),
        wanted(node, "commit_index").asLong(),
        wanted(node, "applied_index").asLong(),
        staleness.isIntegralNumber() ? OptionalLong.of(staleness.asLong()) : OptionalLong.empty(),
        texts(node.path("unreachable")),
        wanted(node, "no_vote").asText(),
        wanted(node, "max_format").asInt(),
        wanted(node, "bootable").asBoolean(),
        wanted(node, "bootstrapped").asBoolean(),
        wanted(node, "clock_ms").asLong(),
        MemberListJson.read(node));
  }

  private static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      texts.put(entry.getKey(), entry.getValue().asText());
    }
    return texts;
  }

  private static Leadership.Role role(String name) throws IOException {
    for (Leadership.Role role : Leadership.Role.values()) {
      if (role.name().toLowerCase(Locale.ROOT).equals(name)) {
        return role;
      }
    }
    throw new IOException("unknown role " + name);
  }

  private static JsonNode wanted(JsonNode node, String field) throws IOException {
    JsonNode value = node.get(field);
    if (value == null || value.isContainerNode() || value.isNull()) {
      throw new IOException("no member's report: " + field + " is missing");
    }
    return value;
  }
}
