// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.quiverdb.coordinator.cli.rest.Endpoint;
import io.quiverdb.coordinator.cli.rest.EveryMember;
import io.quiverdb.coordinator.cli.rest.Fetched;
import io.quiverdb.coordinator.cli.rest.MemberFound;
import io.quiverdb.coordinator.cli.rest.RestException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Makes all observations once, from this machine. Changes nothing. */
public final class Examination {
  private static final List<Function<Seen, List<Finding>>> CHECKS =
      List.of(
          MemberChecks::raft,
          ClusterChecks::names,
          MemberChecks::versions,
          MemberChecks::clocks,
          MemberChecks::disks,
          MemberChecks::certificates,
          ClusterChecks::routers,
          ClusterChecks::leftovers,
          ClusterChecks::health);

  private final EveryMember.Asking asking;
  private final Clock clock;
  private final Network network;

  /** Asks members as the operator's options say. */
  public Examination(EveryMember.Asking asking, Clock clock) {
    this(asking, clock, Network.ofThisMachine());
  }

  Examination(EveryMember.Asking asking, Clock clock, Network network) {
    this.asking = asking;
    this.clock = clock;
    this.network = network;
  }

  /**
   * The findings.
   *
   * @param named the members that the operator named
   */
  public List<Finding> of(List<Endpoint> named) throws InterruptedException {
    return of(named, new EveryMember(asking, clock).from(named));
  }

  /**
   * The findings.
   *
   * @param named the members that the operator named
   * @param members every member that was found or named
   */
  public List<Finding> of(List<Endpoint> named, List<MemberFound> members)
      throws InterruptedException {
    Seen seen = look(named, members);
    List<Finding> findings = new ArrayList<>(MemberChecks.reachable(seen));
    if (!seen.answering().isEmpty()) {
      CHECKS.forEach(check -> findings.addAll(check.apply(seen)));
    }
    return findings;
  }

  private Seen look(List<Endpoint> named, List<MemberFound> members) throws InterruptedException {
    Map<String, Seen.Look> looks = new TreeMap<>();
    JsonNode spills = MissingNode.getInstance();
    Map<String, String> raft = new TreeMap<>();
    Map<String, List<String>> addresses = new TreeMap<>();
    for (Endpoint endpoint : named) {
      resolve(endpoint.base(), addresses);
    }
    for (MemberFound member : members) {
      if (member.answers()) {
        looks.put(
            member.id(),
            new Seen.Look(
                fetched(member.at(), "/cluster/health/report").map(Fetched::json).orElse(spills),
                fetched(member.at(), "/metrics").map(Fetched::body).orElse("")));
        if (raft.isEmpty()) {
          spills = fetched(member.at(), "/cluster/spills").map(Fetched::json).orElse(spills);
          for (JsonNode row : member.status().path("members")) {
            resolve(row.path("http").asText(), addresses);
            dial(row.path("raft").asText(), raft, addresses);
          }
        }
      }
    }
    return new Seen(named, members, looks, raft, addresses, spills);
  }

  private void resolve(String url, Map<String, List<String>> addresses)
      throws InterruptedException {
    Optional<HostAndPort> at = HostAndPort.of(url);
    if (at.isPresent() && !addresses.containsKey(at.get().host())) {
      addresses.put(at.get().host(), network.addresses(at.get().host()));
    }
  }

  private void dial(String address, Map<String, String> raft, Map<String, List<String>> addresses)
      throws InterruptedException {
    resolve(address, addresses);
    Optional<HostAndPort> at = HostAndPort.of(address);
    raft.put(address, at.isEmpty() ? "it is no address" : refusal(at.get(), addresses));
  }

  /** A name that has just been looked up in vain is not looked up again. */
  private String refusal(HostAndPort at, Map<String, List<String>> addresses)
      throws InterruptedException {
    return addresses.getOrDefault(at.host(), List.of()).isEmpty()
        ? "its host is not known here"
        : network.refusal(at.host(), at.port());
  }

  /**
   * Ignores the failure of a further request to a member that has answered: the other checks
   * continue.
   */
  private Optional<Fetched> fetched(Endpoint member, String path) throws InterruptedException {
    try {
      return Optional.of(asking.ask(member, path)).filter(Fetched::ok);
    } catch (RestException e) {
      return Optional.empty();
    }
  }
}
