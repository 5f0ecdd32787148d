// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.cli.rest.MemberFound;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.TreeSet;

/** Checks of each member's reports, and of their consistency. */
final class MemberChecks {
  private static final String SYNC = "quiver_coordinator_raft_log_worker_syncTime_p99_seconds";
  private static final String CERTIFICATE = "quiver_coordinator_certificate_expiry_seconds";

  /** HTTP dates have a resolution of one second. */
  private static final long CLOCKS_APART_MILLIS = 2_000;

  private static final double SLOW_SYNC_SECONDS = 0.02;

  /** A leader that waits longer for its disk loses its leadership. */
  private static final double TOO_SLOW_SYNC_SECONDS = 0.1;

  private static final long CERTIFICATE_DAYS = 14;

  private MemberChecks() {}

  static List<Finding> reachable(Seen seen) {
    return seen.members().stream()
        .map(
            found ->
                found.answers()
                    ? Finding.ok(
                        "reachable",
                        found.name(),
                        found.at().base()
                            + " answers in "
                            + (found.receivedMillis() - found.sentMillis())
                            + " ms")
                    : Finding.fail(
                        "reachable",
                        found.name(),
                        found.at().base() + ": " + found.failure(),
                        "Start it. If it runs, check its address, the network from here, and the"
                            + " key (QUIVER_API_KEY)."))
        .toList();
  }

  static List<Finding> raft(Seen seen) {
    List<Finding> findings = new ArrayList<>();
    for (JsonNode row : seen.list()) {
      String address = row.path("raft").asText();
      String refusal = seen.raft().getOrDefault(address, "");
      findings.add(
          refusal.isEmpty()
              ? Finding.ok("raft", row.path("id").asText(), address + " takes connections")
              : Finding.warn(
                  "raft",
                  row.path("id").asText(),
                  address + " takes no connection from here: " + refusal,
                  "If this machine is outside the members' network, this is normal. Else"
                      + " start the member, or open the port to the other members."));
    }
    return findings;
  }

  static List<Finding> versions(Seen seen) {
    TreeSet<String> versions = new TreeSet<>();
    TreeSet<String> formats = new TreeSet<>();
    for (JsonNode row : seen.list()) {
      if (row.path("healthy").asBoolean()) {
        versions.add(row.path("version").asText("0.1.0"));
        formats.add(row.path("format").asText("1"));
      }
    }
    String detail =
        "release " + String.join(", ", versions) + ", format " + String.join(", ", formats);
    return List.of(
        versions.size() > 1 || formats.size() > 1
            ? Finding.warn(
                "versions",
                "members",
                detail,
                "End the upgrade, one member at a time, the leader last:"
                    + " docs/operating.md#upgrade-one-member-at-a-time")
            : Finding.ok("versions", "members", detail));
  }

  static List<Finding> clocks(Seen seen) {
    Map<String, Long> ahead = new TreeMap<>();
    seen.answering().forEach(found -> ahead(found).ifPresent(by -> ahead.put(found.name(), by)));
    if (ahead.isEmpty()) {
      return List.of();
    }
    long least = ahead.values().stream().mapToLong(Long::longValue).min().orElse(0);
    long most = ahead.values().stream().mapToLong(Long::longValue).max().orElse(0);
    List<String> texts = new ArrayList<>();
    ahead.forEach((id, by) -> texts.add(id + " " + Math.round(by / 1000.0) + " s"));
    return List.of(
        most - least >= CLOCKS_APART_MILLIS
            ? Finding.warn(
                "clocks",
                "members",
                "the clocks differ; ahead of this machine's: " + String.join(", ", texts),
                "Set them right (NTP): times that people read are wrong.")
            : Finding.ok("clocks", "members", "the clocks agree within 2 s"));
  }

  /** How far its clock is ahead of this machine's, in milliseconds, accurate to half a second. */
  private static Optional<Long> ahead(MemberFound found) {
    try {
      long told =
          ZonedDateTime.parse(found.date(), DateTimeFormatter.RFC_1123_DATE_TIME)
              .toInstant()
              .toEpochMilli();
      return Optional.of(told + 500 - (found.sentMillis() + found.receivedMillis()) / 2);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  static List<Finding> disks(Seen seen) {
    List<Finding> findings = new ArrayList<>();
    seen.looks()
        .forEach(
            (id, look) -> {
              OptionalDouble p99 = figure(look.metrics(), SYNC);
              if (p99.isEmpty() || p99.getAsDouble() == 0) {
                findings.add(Finding.ok("fsync", id, "no figure: it has written nothing lately"));
                return;
              }
              double seconds = p99.getAsDouble();
              String detail = "the log is on disk after %.1f ms (p99)".formatted(seconds * 1000);
              String action = "Put data_dir alone on a faster disk, or set ensemble.timing: wan.";
              findings.add(
                  seconds >= TOO_SLOW_SYNC_SECONDS
                      ? Finding.fail("fsync", id, detail, action)
                      : seconds >= SLOW_SYNC_SECONDS
                          ? Finding.warn("fsync", id, detail, action)
                          : Finding.ok("fsync", id, detail));
            });
    return findings;
  }

  static List<Finding> certificates(Seen seen) {
    List<Finding> findings = new ArrayList<>();
    seen.looks()
        .forEach(
            (id, look) -> {
              OptionalDouble left = figure(look.metrics(), CERTIFICATE);
              if (left.isPresent()) {
                long days = Duration.ofSeconds((long) left.getAsDouble()).toDays();
                String action = "Put a new one in its place: docs/tls.md#a-certificate-is-renewed";
                findings.add(
                    left.getAsDouble() <= 0
                        ? Finding.fail("certificate", id, "it has expired", action)
                        : days < CERTIFICATE_DAYS
                            ? Finding.warn(
                                "certificate", id, "it expires in " + days + " days", action)
                            : Finding.ok("certificate", id, "valid for " + days + " days"));
              }
            });
    return findings;
  }

  /** A figure without labels. */
  private static OptionalDouble figure(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> line.substring(name.length() + 1).strip())
        .filter(text -> text.matches("[-+0-9.eE]+"))
        .mapToDouble(Double::parseDouble)
        .findFirst();
  }
}
