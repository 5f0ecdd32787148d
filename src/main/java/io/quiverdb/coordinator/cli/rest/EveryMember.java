// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds every member: those that the operator named, then those in their lists. This needs no
 * quorum. If all named ones are https, a member that is listed with plain http is not asked,
 * because the key would be sent unencrypted.
 */
public final class EveryMember {
  private static final String STATUS = "/cluster/status";
  private static final String PLAIN =
      "its address in the list is plain http: name its https address with --endpoint";

  private final Asking asking;
  private final Clock clock;

  /** How one member is asked. */
  @FunctionalInterface
  public interface Asking {
    /**
     * Asks.
     *
     * @throws RestException if it does not answer
     */
    Fetched ask(Endpoint member, String path) throws RestException, InterruptedException;
  }

  /** Over this way to ask. */
  public EveryMember(Asking asking, Clock clock) {
    this.asking = asking;
    this.clock = clock;
  }

  /** All of them, those that were named first; each member that answers is there once. */
  public List<MemberFound> from(List<Endpoint> named) throws InterruptedException {
    List<MemberFound> silent = new ArrayList<>();
    Map<String, MemberFound> byId = new LinkedHashMap<>();
    for (Endpoint endpoint : named) {
      MemberFound found = look("", endpoint);
      if (found.id().isEmpty()) {
        silent.add(found);
      } else {
        byId.putIfAbsent(found.id(), found);
      }
    }
    Optional<JsonNode> list =
        byId.values().stream()
            .filter(MemberFound::answers)
            .map(found -> found.status().path("members"))
            .findFirst();
    for (JsonNode row : list.orElse(MissingNode.getInstance())) {
      String id = row.path("id").asText();
      Optional<Endpoint> at = Endpoint.parse(row.path("http").asText());
      if (at.isPresent() && !byId.containsKey(id)) {
        byId.put(id, sameSecurity(named, at.get()) ? look(id, at.get()) : plain(id, at.get()));
        silent.removeIf(found -> found.at().equals(at.get()));
      }
    }
    List<MemberFound> all = new ArrayList<>(byId.values());
    all.addAll(silent);
    return all;
  }

  /** An operator who named only https wants the key to be sent only over TLS. */
  private static boolean sameSecurity(List<Endpoint> named, Endpoint listed) {
    return listed.isHttps() || !named.stream().allMatch(Endpoint::isHttps);
  }

  private MemberFound plain(String id, Endpoint at) {
    long now = clock.millis();
    return new MemberFound(id, at, PLAIN, MissingNode.getInstance(), "", now, now);
  }

  /**
   * Asks there.
   *
   * @param id the member that others list at this address; empty: none does
   */
  private MemberFound look(String id, Endpoint at) throws InterruptedException {
    long sent = clock.millis();
    try {
      Fetched fetched = asking.ask(at, STATUS);
      String node = fetched.header("X-Quiver-Node");
      JsonNode status = fetched.json();
      return new MemberFound(
          node.isEmpty() ? id : node,
          at,
          failure(fetched, id, node),
          status,
          fetched.header("Date"),
          sent,
          clock.millis());
    } catch (RestException e) {
      return new MemberFound(
          id,
          at,
          String.valueOf(e.getMessage()),
          MissingNode.getInstance(),
          "",
          sent,
          clock.millis());
    }
  }

  private static String failure(Fetched fetched, String id, String node) {
    if (!fetched.ok()) {
      return fetched.problem();
    }
    if (node.isEmpty() || !fetched.json().path("members").isArray()) {
      return "something answers there that is no coordinator";
    }
    return id.isEmpty() || id.equals(node) ? "" : "member " + node + " answers there, not " + id;
  }
}
