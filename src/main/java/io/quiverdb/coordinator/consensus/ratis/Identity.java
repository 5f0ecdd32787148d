// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.model.Incarnations;
import io.quiverdb.coordinator.model.MemberChange;
import io.quiverdb.coordinator.model.MemberList;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * The member that a data directory belongs to, and what the member may do with it. Stored apart
 * from the log, so that a vanished log is detected.
 *
 * @param memberId the member
 * @param peer its Raft peer id
 * @param ensemble the name of its ensemble
 * @param groupId the Raft group, derived from the name
 * @param incarnation a random name for this directory's content
 * @param standing what the member may do
 * @param formatted whether Raft storage was created in the directory; if so, it must exist
 * @param reached a committed entry that was on this disk; the log or a snapshot must reach it. -1
 *     if there is none
 * @param known the incarnation under which each other member votes, as far as this member knows, by
 *     member id
 * @param retired incarnations of any member that were replaced and never vote again
 * @param members the newest list of members from the log, without a member that is still being
 *     added; empty if the log has no list
 * @param removal who removed this member from the list, and when; empty if it was not removed
 */
record Identity(
    String memberId,
    String peer,
    String ensemble,
    String groupId,
    String incarnation,
    Standing standing,
    boolean formatted,
    long reached,
    Map<String, String> known,
    List<String> retired,
    List<Member> members,
    String removal) {

  private static final int SCHEMA = 1;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** What the member may do. No later standing is followed by {@link #FOUNDING}. */
  enum Standing {
    /** Has no data and has not found out yet whether it may vote. */
    FOUNDING,
    /** Was an empty member of an empty ensemble: votes in the first configuration. */
    FOUNDER,
    /** Lost its data: takes no part until the leader has removed its old incarnation. */
    REJOINING,
    /** Was added, or added again, and has caught up. */
    MEMBER,
    /** Was removed from the list of members; never takes part again. */
    REMOVED
  }

  Identity {
    known = Map.copyOf(known);
    retired = List.copyOf(retired);
    members = List.copyOf(members);
  }

  static Identity fresh(RatisSettings settings) {
    return new Identity(
        settings.memberId(),
        settings.memberId(),
        settings.ensemble(),
        RaftSetup.groupId(settings.ensemble()).getUuid().toString(),
        UUID.randomUUID().toString(),
        Standing.FOUNDING,
        false,
        -1,
        Map.of(),
        List.of(),
        List.of(),
        "");
  }

  /** Decides to vote in the first configuration. This is final. */
  Identity founder(Map<String, String> incarnations) {
    return with(incarnation, Standing.FOUNDER, formatted, reached, incarnations);
  }

  /**
   * Decides to be added again, under a new incarnation. This is final. Another member may have
   * founded with the current incarnation, which must not count as the leader's admission.
   *
   * @param ownPeerId whether to use a peer id other than the member id; needs format 2
   */
  Identity rejoining(boolean ownPeerId) {
    Identity next =
        with(UUID.randomUUID().toString(), Standing.REJOINING, formatted, reached, Map.of());
    return next.asPeer(ownPeerId ? PeerIds.of(memberId, next.incarnation) : memberId);
  }

  Identity member() {
    return with(incarnation, Standing.MEMBER, formatted, reached, known);
  }

  Identity withStorage() {
    return with(incarnation, standing, true, reached, known);
  }

  /** Notes that this committed entry is on disk; an older one changes nothing. */
  Identity reaching(long index) {
    return with(incarnation, standing, formatted, Math.max(reached, index), known);
  }

  /**
   * Takes over the incarnations and the list of members from the log. They are needed before the
   * log is read at the next start, and to answer the other members.
   *
   * @param recorded from a state that a linearizable read has confirmed. An older state would undo
   *     admissions that this member has vouched for
   */
  Identity agreeing(Incarnations recorded, MemberList list) {
    Map<String, String> others = new TreeMap<>(known);
    others.putAll(recorded.current());
    others.remove(memberId);
    return new Identity(
        memberId,
        peer,
        ensemble,
        groupId,
        incarnation,
        standing,
        formatted,
        reached,
        others,
        recorded.retired(),
        list.isRecorded() ? established(list) : members,
        removal);
  }

  /**
   * The list without a member that is still being added: that member cannot vouch for others, and
   * this member would wait for it after a start.
   */
  private List<Member> established(MemberList list) {
    Optional<String> joining = list.change().flatMap(MemberChange::joining);
    return list.members().stream()
        .filter(each -> each.id().equals(memberId) || !joining.equals(Optional.of(each.id())))
        .map(Member::of)
        .toList();
  }

  /** The Raft peer ids that these members may have. */
  List<String> peersOf(List<Member> others) {
    return others.stream()
        .flatMap(member -> PeerIds.candidates(member.id(), known).stream())
        .toList();
  }

  /** Takes the list of members from another member's report. */
  Identity listing(List<Member> told) {
    return copy(peer, told, standing, removal);
  }

  /** Notes that this member was removed from the list. This is final. */
  Identity removed(String how) {
    return copy(peer, members, Standing.REMOVED, how);
  }

  private Identity asPeer(String newPeer) {
    return copy(newPeer, members, standing, removal);
  }

  private Identity copy(
      String newPeer, List<Member> newMembers, Standing newStanding, String newRemoval) {
    return new Identity(
        memberId,
        newPeer,
        ensemble,
        groupId,
        incarnation,
        newStanding,
        formatted,
        reached,
        known,
        retired,
        newMembers,
        newRemoval);
  }

  private Identity with(
      String newIncarnation,
      Standing newStanding,
      boolean nowFormatted,
      long newReached,
      Map<String, String> newKnown) {
    return new Identity(
        memberId,
        peer,
        ensemble,
        groupId,
        newIncarnation,
        newStanding,
        nowFormatted,
        newReached,
        newKnown,
        retired,
        members,
        removal);
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
    if (!peer.equals(memberId)) {
      node.put("peer", peer);
    }
    if (!members.isEmpty()) {
      ArrayNode list = node.putArray("members");
      members.forEach(
          each ->
              list.addObject()
                  .put("id", each.id())
                  .put("raft", each.raft())
                  .put("http", each.http().toString()));
    }
    if (!removal.isEmpty()) {
      node.put("removal", removal);
    }
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an identity has no JSON form", e);
    }
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws IOException if the bytes are not valid; the message says why
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
    List<Member> members = new ArrayList<>();
    for (JsonNode each : node.path("members")) {
      members.add(member(each));
    }
    return new Identity(
        text(node, "member"),
        node.path("peer").asText(text(node, "member")),
        text(node, "ensemble"),
        text(node, "group"),
        text(node, "incarnation"),
        standing(text(node, "state")),
        field(node, "storage", JsonNode::isBoolean).asBoolean(),
        field(node, "reached", JsonNode::isIntegralNumber).asLong(),
        known,
        retired,
        members,
        node.path("removal").asText(""));
  }

  private static Member member(JsonNode node) throws IOException {
    try {
      return new Member(text(node, "id"), text(node, "raft"), new URI(text(node, "http")));
    } catch (URISyntaxException e) {
      throw new IOException("the http of a member is no URI: " + e.getMessage(), e);
    }
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
