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
 * Who a data directory belongs to, and what its member may do with it. Kept apart from the log, so
 * that a log that has vanished is noticed.
 *
 * @param memberId the member
 * @param peer its Raft peer id
 * @param ensemble the name of its ensemble
 * @param groupId the Raft group that follows from the name
 * @param incarnation a random name for this directory's content
 * @param standing what the member may do
 * @param formatted whether Raft storage was made below it: if so, it must be there
 * @param reached a committed entry that was on this disk: log or snapshot must reach it. -1: none
 * @param known by member id: the incarnations that this member holds to be the ones that vote
 * @param retired incarnations, of whichever member, that were replaced and never vote again
 * @param members who the members are, as the log said last, without one that is just being added;
 *     empty if it said nothing
 * @param removal who took this member out of the list, and when; empty unless it was
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

  /** What the member may do. It never goes back from a later one to {@link #FOUNDING}. */
  enum Standing {
    /** Has no data and has not found out yet whether it may vote. */
    FOUNDING,
    /** Was an empty member of an empty ensemble: votes in the first configuration. */
    FOUNDER,
    /** Lost its data: takes no part until the leader has taken its old self out. */
    REJOINING,
    /** Was added, or added again, and has caught up. */
    MEMBER,
    /** Was taken out of the list of members, and takes no part for good. */
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

  /** Decided, once and for all, to vote in the first configuration. */
  Identity founder(Map<String, String> incarnations) {
    return with(incarnation, Standing.FOUNDER, formatted, reached, incarnations);
  }

  /**
   * Decided, once and for all, to be added again. Under a new incarnation: somebody may have
   * founded with the present one, and that must not be taken for the leader's admission.
   *
   * @param ownPeerId whether the ensemble reads format 2: then it gets a peer id of its own
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
   * Without one that is just being added: it cannot vouch for anybody, and after a start this
   * member would wait for it.
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

  /** Was told who the members are. */
  Identity listing(List<Member> told) {
    return copy(peer, told, standing, removal);
  }

  /** Was taken out of the list of members, for good. */
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
