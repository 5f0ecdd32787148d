// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.metrics;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names in an expression of Prometheus: which metrics it reads, with which labels. It knows no
 * more of the language than that.
 */
final class PromExpression {
  /** Labels that Prometheus gives to what it scrapes from a target. */
  private static final Set<String> OF_TARGETS = Set.of("job", "instance", "ensemble");

  /** What Prometheus writes itself. */
  private static final Set<String> OF_PROMETHEUS = Set.of("up");

  private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset", "inf");
  private static final Pattern GROUPING =
      Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
  private static final Pattern RANGE = Pattern.compile("\\[[^\\]]*]");
  private static final Pattern NAME =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)\\s*(\\(|\\{([^}]*)})?");
  private static final Pattern MATCHER =
      Pattern.compile("\\s*([a-zA-Z_]+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"\\s*,?");

  private final Map<String, Map<String, String>> metrics = new TreeMap<>();
  private final Set<String> grouping = new TreeSet<>();

  PromExpression(String text) {
    Matcher groups = GROUPING.matcher(text);
    while (groups.find()) {
      for (String label : groups.group(1).split(",")) {
        if (!label.isBlank()) {
          grouping.add(label.strip());
        }
      }
    }
    String rest = RANGE.matcher(GROUPING.matcher(text).replaceAll(" ")).replaceAll(" ");
    Matcher names = NAME.matcher(rest);
    while (names.find()) {
      if (!"(".equals(names.group(2)) && !WORDS.contains(names.group(1))) {
        metrics
            .computeIfAbsent(names.group(1), name -> new TreeMap<>())
            .putAll(matchers(names.group(3)));
      }
    }
  }

  /** Only the values of plain equalities; others have an empty one. */
  private static Map<String, String> matchers(String selector) {
    Map<String, String> found = new TreeMap<>();
    Matcher matchers = MATCHER.matcher(selector == null ? "" : selector);
    int end = 0;
    while (matchers.find() && matchers.start() == end) {
      found.put(matchers.group(1), matchers.group(2).equals("=") ? matchers.group(3) : "");
      end = matchers.end();
    }
    if (selector != null && !selector.substring(end).isBlank()) {
      throw new AssertionError("cannot be read: {" + selector + "}");
    }
    return found;
  }

  Set<String> metrics() {
    return metrics.keySet();
  }

  /** What of it a member does not show. */
  Set<String> unknown(ScrapedMetrics scraped) {
    Set<String> unknown = new TreeSet<>();
    Set<String> labels = new TreeSet<>(OF_TARGETS);
    for (Map.Entry<String, Map<String, String>> metric : metrics.entrySet()) {
      String name = metric.getKey();
      if (!OF_PROMETHEUS.contains(name) && scraped.samples(name).isEmpty()) {
        unknown.add(name);
      }
      scraped.samples(name).forEach(sample -> labels.addAll(sample.keySet()));
      metric
          .getValue()
          .forEach(
              (label, value) -> {
                if (!OF_TARGETS.contains(label) && !shows(scraped, name, label, value)) {
                  unknown.add(name + "{" + label + "=\"" + value + "\"}");
                }
              });
    }
    grouping.stream()
        .filter(label -> !labels.contains(label))
        .forEach(label -> unknown.add("by " + label));
    return unknown;
  }

  private static boolean shows(ScrapedMetrics scraped, String name, String label, String value) {
    return scraped.samples(name).stream()
        .anyMatch(
            sample ->
                sample.containsKey(label) && (value.isEmpty() || sample.get(label).equals(value)));
  }
}
