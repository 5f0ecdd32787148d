// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.MemberReport;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The reports of the other members, all asked at once.
 *
 * @param reports by member id, of those that answered
 * @param failures by member id, why there is no report of the others
 */
record PeerAnswers(Map<String, MemberReport> reports, Map<String, Throwable> failures) {
  PeerAnswers {
    reports = Map.copyOf(reports);
    failures = Map.copyOf(failures);
  }

  /** Why some members did not answer, in brackets, to append to a sentence; empty if all did. */
  String missing() {
    return failures.isEmpty()
        ? ""
        : new TreeMap<>(failures)
            .entrySet().stream()
                .map(failure -> failure.getKey() + ": " + told(failure.getValue()))
                .collect(Collectors.joining("; ", " (", ")"));
  }

  /**
   * Why there is no usable report of a member.
   *
   * @param ifItAnswered the reason if it did answer
   */
  String why(String id, String ifItAnswered) {
    Throwable failure = failures.get(id);
    if (failure != null) {
      return told(failure);
    }
    MemberReport report = reports.get(id);
    return report == null || report.incarnation().isEmpty() ? "is starting" : ifItAnswered;
  }

  private static String told(Throwable failure) {
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }
}
