// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.model.Incarnations;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Who a data directory belongs to, and what its member may do with it. Kept apart from the log, so
 * that a log that has vanished is noticed.
 *
 * @param memberId the member
 * @param ensemble the name of its ensemble
 * @param groupId the Raft group that follows from the name
 * @param incarnation a random name for this directory's content
 * @param standing what the member may do
 * @param formatted whether Raft storage was made below it: if so, it must be there
 * @param reached a committed entry that was on this disk: log or snapshot must reach it. -1: none
 * @param known by member id: the incarnations that this member holds to be the ones that vote
 * @param retired incarnations, of whichever member, that were replaced and never vote again
 */
record Identity(
    String memberId,
    String ensemble,
    String groupId,
    String incarnation,
    Standing standing,
    boolean formatted,
    long reached,
    Map<String, String> known,
    List<String> retired) {

  private static final int SCHEMA = 1;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** What the member may do. It never goes back from a later one to {@link #FOUNDING}. */
  enum Standing {
    /** Has no data and has not found out yet whether it may vote. */
    FOUNDING,
    /** Was an empty member of an empty ensemble: votes in the first configuration. */
    FOUNDER,
    /** Lost its data: takes no part until the leader has taken its old self out. */
    REJOINING,
    /** Was added again, and has caught up. */
    MEMBER
  }

  Identity {
    known = Map.copyOf(known);
    retired = List.copyOf(retired);
  }

  static Identity fresh(RatisSettings settings) {
    return new Identity(
        settings.memberId(),
        settings.ensemble(),
        RaftSetup.groupId(settings.ensemble()).getUuid().toString(),
        UUID.randomUUID().toString(),
        Standing.FOUNDING,
        false,
        -1,
        Map.of(),
        List.of());
  }

  /** Decided, once and for all, to vote in the first configuration. */
  Identity founder(Map<String, String> incarnations) {
    return with(incarnation, Standing.FOUNDER, formatted, reached, incarnations);
  }

  /**
   * Decided, once and for all, to be added again. Under a new incarnation: somebody may have
   * founded with the present one, and that must not be taken for the leader's admission.
   */
  Identity rejoining() {
    return with(UUID.randomUUID().toString(), Standing.REJOINING, formatted, reached, Map.of());
  }

  Identity member() {
    return with(incarnation, Standing.MEMBER, formatted, reached, known);
  }

  Identity withStorage() {
    return with(incarnation, standing, true, reached, known);
  }

  /** Had this committed entry on disk; an older one changes nothing. */
  Identity reaching(long index) {
    return with(incarnation, standing, formatted, Math.max(reached, index), known);
  }

  /**
   * Knows what the log says of the members: before the log is read the next time, and told.
   *
   * @param recorded of a state that a linearizable read has confirmed: an older one would undo
   *     admissions that this member has said it knows
   */
  Identity agreeing(Incarnations recorded) {
    Map<String, String> others = new TreeMap<>(known);
    others.putAll(recorded.current());
    others.remove(memberId);
    return new Identity(
        memberId,
        ensemble,
        groupId,
        incarnation,
        standing,
        formatted,
        reached,
        others,
        recorded.retired());
  }

  private Identity with(
      String newIncarnation,
      Standing newStanding,
      boolean nowFormatted,
      long newReached,
      Map<String, String> newKnown) {
    return new Identity(
        memberId,
        ensemble,
        groupId,
        newIncarnation,
        newStanding,
        nowFormatted,
        newReached,
        newKnown,
        retired);
  }

  byte[] toBytes() {
    ObjectNode node = JSON.createObjectNode();
    node.put("schema", SCHEMA);
    node.put("member", memberId);
    node.put("ensemble", ensemble);
    node.put("group", groupId);
    node.put("incarnation", incarnation);
    node.put("state", standing.name().toLowerCase(Locale.ROOT));
    node.put("storage", formatted);
    node.put("reached", reached);
    ObjectNode others = node.putObject("known_incarnations");
    new TreeMap<>(known).forEach(others::put);
    retired.forEach(node.putArray("retired_incarnations")::add);
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an identity has no JSON form", e);
    }
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws IOException if it is anything else; the message says what is wrong with it
   */
  static Identity parse(byte[] bytes) throws IOException {
    JsonNode node = JSON.readTree(bytes);
    int schema = node.path("schema").asInt(-1);
    if (schema != SCHEMA) {
      throw new IOException(
          "its schema is " + node.path("schema") + ", this build reads " + SCHEMA);
    }
    Map<String, String> known = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : node.path("known_incarnations").properties()) {
      known.put(entry.getKey(), entry.getValue().asText());
    }
    List<String> retired = new ArrayList<>();
    node.path("retired_incarnations").forEach(old -> retired.add(old.asText()));
    return new Identity(
        text(node, "member"),
        text(node, "ensemble"),
        text(node, "group"),
        text(node, "incarnation"),
        standing(text(node, "state")),
        field(node, "storage", JsonNode::isBoolean).asBoolean(),
        field(node, "reached", JsonNode::isIntegralNumber).asLong(),
        known,
        retired);
  }

  private static Standing standing(String name) throws IOException {
    try {
      return Standing.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IOException("its state \"" + name + "\" is unknown to this build", e);
    }
  }

  private static String text(JsonNode node, String field) throws IOException {
    return field(node, field, JsonNode::isTextual).asText();
  }

  private static JsonNode field(JsonNode node, String name, Predicate<JsonNode> shape)
      throws IOException {
    JsonNode value = node.path(name);
    if (!shape.test(value)) {
      throw new IOException("it has no \"" + name + "\"");
    }
    return value;
  }
}
