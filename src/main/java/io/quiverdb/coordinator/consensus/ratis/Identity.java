package io.quiverdb.coordinator.consensus.ratis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

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
 * @param logged whether it has applied an entry: if so, a log or a snapshot must be there
 * @param known by member id: the incarnations that this member holds to be the ones that vote
 */
record Identity(
    String memberId,
    String ensemble,
    String groupId,
    String incarnation,
    Standing standing,
    boolean formatted,
    boolean logged,
    Map<String, String> known) {

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
  }

  static Identity fresh(RatisSettings settings) {
    return new Identity(
        settings.memberId(),
        settings.ensemble(),
        RaftSetup.groupId(settings.ensemble()).getUuid().toString(),
        UUID.randomUUID().toString(),
        Standing.FOUNDING,
        false,
        false,
        Map.of());
  }

  /** Decided, once and for all, to vote in the first configuration. */
  Identity founder(Map<String, String> incarnations) {
    return new Identity(
        memberId,
        ensemble,
        groupId,
        incarnation,
        Standing.FOUNDER,
        formatted,
        logged,
        incarnations);
  }

  /**
   * Decided, once and for all, to be added again. Under a new incarnation: somebody may have
   * founded with the present one, and that must not be taken for the leader's admission.
   */
  Identity rejoining() {
    return new Identity(
        memberId,
        ensemble,
        groupId,
        UUID.randomUUID().toString(),
        Standing.REJOINING,
        formatted,
        logged,
        Map.of());
  }

  Identity member() {
    return new Identity(
        memberId, ensemble, groupId, incarnation, Standing.MEMBER, formatted, logged, known);
  }

  Identity withStorage() {
    return new Identity(memberId, ensemble, groupId, incarnation, standing, true, logged, known);
  }

  Identity withEntries() {
    return new Identity(memberId, ensemble, groupId, incarnation, standing, formatted, true, known);
  }

  Identity knowing(String other, String itsIncarnation) {
    Map<String, String> more = new TreeMap<>(known);
    more.put(other, itsIncarnation);
    return new Identity(
        memberId, ensemble, groupId, incarnation, standing, formatted, logged, more);
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
    node.put("entries", logged);
    ObjectNode others = node.putObject("known_incarnations");
    new TreeMap<>(known).forEach(others::put);
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
    return new Identity(
        text(node, "member"),
        text(node, "ensemble"),
        text(node, "group"),
        text(node, "incarnation"),
        standing(text(node, "state")),
        flag(node, "storage"),
        flag(node, "entries"),
        known);
  }

  private static Standing standing(String name) throws IOException {
    try {
      return Standing.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IOException("its state \"" + name + "\" is unknown to this build", e);
    }
  }

  private static String text(JsonNode node, String field) throws IOException {
    if (!node.path(field).isTextual()) {
      throw new IOException("it has no \"" + field + "\"");
    }
    return node.path(field).asText();
  }

  private static boolean flag(JsonNode node, String field) throws IOException {
    if (!node.path(field).isBoolean()) {
      throw new IOException("it has no \"" + field + "\"");
    }
    return node.path(field).asBoolean();
  }
}
