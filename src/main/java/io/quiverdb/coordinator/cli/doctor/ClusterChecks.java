// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.cli.rest.Endpoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Checks of names, routers, spill files and the members' reports. */
final class ClusterChecks {
  private ClusterChecks() {}

  /** Checks that names can be resolved, and that the named endpoints include every member. */
  static List<Finding> names(Seen seen) {
    List<Finding> findings = new ArrayList<>();
    seen.addresses()
        .forEach(
            (host, addresses) -> {
              if (addresses.isEmpty()) {
                findings.add(
                    Finding.fail(
                        "dns",
                        host,
                        "the name is not known here",
                        "Correct the DNS, or the address in the list of members."));
              }
            });
    Set<String> reached = new HashSet<>();
    for (Endpoint endpoint : seen.named()) {
      reached.addAll(places(seen, endpoint.base()));
      seen.members().stream()
          .filter(found -> found.at().equals(endpoint))
          .forEach(found -> reached.add(found.id()));
    }
    List<String> uncovered = new ArrayList<>();
    for (JsonNode row : seen.list()) {
      String id = row.path("id").asText();
      Set<String> own = places(seen, row.path("http").asText());
      if (!reached.contains(id) && own.stream().noneMatch(reached::contains)) {
        uncovered.add(id);
      }
    }
    findings.add(
        uncovered.isEmpty()
            ? Finding.ok("dns", "endpoints", "what was named leads to every member")
            : Finding.warn(
                "dns",
                "endpoints",
                "what was named does not lead to " + String.join(", ", uncovered),
                "Name all members, here and at the routers (QUIVER_COORDINATOR_URL): if"
                    + " the others are down, these are never asked."));
    return findings;
  }

  private static Set<String> places(Seen seen, String url) {
    Set<String> places = new HashSet<>();
    Optional<HostAndPort> at = HostAndPort.of(url);
    at.ifPresent(
        place ->
            seen.addresses()
                .getOrDefault(place.host(), List.of())
                .forEach(address -> places.add(address + " " + place.port())));
    return places;
  }

  static List<Finding> routers(Seen seen) {
    JsonNode routers = seen.answering().get(0).status().path("routers");
    if (routers.isEmpty()) {
      return List.of(
          Finding.warn(
              "routers",
              "registry",
              "no router is registered",
              "Register each: quiver-coordinator routers add URL. A migration waits only for"
                  + " routers that it knows."));
    }
    List<Finding> findings = new ArrayList<>();
    for (JsonNode router : routers) {
      String url = router.path("url").asText();
      String version = router.path("map_version").asText();
      if (router.path("confirmed").asBoolean()) {
        findings.add(Finding.ok("routers", url, "follows the newest map, version " + version));
      } else if (!router.path("last_error").isNull()) {
        findings.add(
            Finding.warn(
                "routers",
                url,
                "cannot be asked: " + router.path("last_error").asText(),
                "Start it, or check shards.router_key. If it is gone for good:"
                    + " quiver-coordinator routers remove URL"));
      } else {
        findings.add(
            Finding.warn(
                "routers",
                url,
                "does not follow the newest map yet; it has version " + version,
                "If it stays so, see that it polls this cluster with a valid key."));
      }
    }
    return findings;
  }

  static List<Finding> leftovers(Seen seen) {
    JsonNode files = seen.spills().path("spills");
    if (!files.isArray()) {
      return List.of(
          Finding.warn("spill files", "members", "no member lists them", "Ask again later."));
    }
    List<Finding> findings = new ArrayList<>();
    for (JsonNode file : files) {
      findings.add(
          Finding.warn(
              "spill files",
              file.path("node").asText(),
              file.path("name").asText() + ", " + file.path("bytes").asText() + " bytes",
              "Restore what is needed, then delete the file: docs/migration.md#the-spill-file"));
    }
    Set<String> silent = new TreeSet<>();
    seen.spills().path("unreachable").forEach(member -> silent.add(member.asText()));
    if (!silent.isEmpty()) {
      findings.add(
          Finding.warn(
              "spill files",
              String.join(", ", silent),
              "no answer: there may be more",
              "Start it and ask again."));
    }
    return findings.isEmpty()
        ? List.of(Finding.ok("spill files", "members", "there are none"))
        : findings;
  }

  /** The problems that members report; the same cause from several members is one line. */
  static List<Finding> health(Seen seen) {
    Map<String, Finding> byCause = new LinkedHashMap<>();
    Set<String> well = new TreeSet<>();
    Set<String> wrong = new HashSet<>();
    for (Map.Entry<String, Seen.Look> look : seen.looks().entrySet()) {
      for (JsonNode indicator : look.getValue().report().path("indicators")) {
        String status = indicator.path("status").asText();
        (status.equals("green") ? well : wrong).add(indicator.path("name").asText());
        for (JsonNode diagnosis : indicator.path("diagnosis")) {
          byCause.merge(
              diagnosis.path("cause").asText(),
              of(look.getKey(), status.equals("red"), indicator, diagnosis),
              ClusterChecks::both);
        }
      }
    }
    List<Finding> findings = new ArrayList<>();
    well.removeAll(wrong);
    if (!well.isEmpty()) {
      findings.add(
          Finding.ok("health", "members", "all members call well: " + String.join(", ", well)));
    }
    findings.addAll(byCause.values());
    return findings;
  }

  private static Finding of(String id, boolean red, JsonNode indicator, JsonNode diagnosis) {
    String action = diagnosis.path("action").asText() + " See " + diagnosis.path("help").asText();
    String check = "health: " + indicator.path("name").asText();
    String cause = diagnosis.path("cause").asText();
    return red ? Finding.fail(check, id, cause, action) : Finding.warn(check, id, cause, action);
  }

  private static Finding both(Finding one, Finding other) {
    Finding.Level worse = one.level().compareTo(other.level()) >= 0 ? one.level() : other.level();
    return new Finding(
        worse, one.check(), one.about() + ", " + other.about(), one.detail(), one.action());
  }
}
