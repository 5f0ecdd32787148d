// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import io.quiverdb.coordinator.config.ConfigNode.Mapping;
import io.quiverdb.coordinator.config.ConfigNode.Scalar;
import io.quiverdb.coordinator.config.ConfigNode.ScalarType;
import io.quiverdb.coordinator.config.ConfigNode.Sequence;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Applies the environment to the values of the file: first Quiver's own variables, then {@code
 * QUIVER_COORDINATOR__<PATH>}, which take precedence. An empty variable counts as not set. Quotes
 * around a whole value are removed.
 */
final class Overlay {
  static final String PREFIX = "QUIVER_COORDINATOR__";
  static final String STATE = "QUIVER_COORDINATOR_STATE";
  static final String AUDIT_LOG = "QUIVER_AUDIT_LOG";
  static final String API_KEYS = "QUIVER_API_KEYS";

  /** Quiver's variables that map to one key without conversion. */
  private static final Map<String, List<String>> QUIVERS =
      Map.of(
          "QUIVER_REST_ADDR",
          List.of("http", "listen"),
          "QUIVER_CLUSTER_SHARDS",
          List.of("bootstrap", "shards"),
          "QUIVER_CLUSTER_REPLICAS",
          List.of("bootstrap", "replicas"),
          "QUIVER_CLUSTER_SHARD_KEY",
          List.of("shards", "key"),
          "QUIVER_INSECURE",
          List.of("auth", "insecure"),
          STATE,
          List.of("bootstrap", "import_state"),
          AUDIT_LOG,
          List.of("audit", "file"));

  private Overlay() {}

  static Mapping apply(Mapping file, Map<String, String> environment) throws ConfigException {
    Mapping tree = file;
    for (Map.Entry<String, List<String>> quivers : QUIVERS.entrySet()) {
      String value = environment.getOrDefault(quivers.getKey(), "");
      if (!value.isEmpty()) {
        tree = (Mapping) put(tree, quivers.getValue(), 0, variable(quivers.getKey(), value));
      }
    }
    String secrets = environment.getOrDefault(API_KEYS, "");
    if (!secrets.isEmpty()) {
      tree = (Mapping) put(tree, List.of("auth", "api_keys"), 0, adminKeys(secrets));
    }
    for (String name : overrides(environment)) {
      List<String> path =
          List.of(name.substring(PREFIX.length()).toLowerCase(Locale.ROOT).split("__", -1));
      tree = (Mapping) put(tree, path, 0, variable(name, environment.getOrDefault(name, "")));
    }
    return tree;
  }

  /** Shorter names first: the tenth element of a list comes after the second. */
  private static List<String> overrides(Map<String, String> environment) {
    return environment.entrySet().stream()
        .filter(e -> e.getKey().startsWith(PREFIX) && !e.getValue().isEmpty())
        .map(Map.Entry::getKey)
        .sorted(Comparator.comparing(String::length).thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  private static Scalar variable(String name, String value) {
    return new Scalar(
        Origin.variable(name), ScalarType.VARIABLE, BracketedList.unquoted(value.strip()));
  }

  private static Sequence adminKeys(String secrets) {
    Origin origin = Origin.variable(API_KEYS);
    List<ConfigNode> keys = new ArrayList<>();
    for (String secret : BracketedList.parse(secrets)) {
      keys.add(
          new Mapping(
              origin,
              Map.of(
                  "id", new Scalar(origin, ScalarType.TEXT, "env-" + (keys.size() + 1)),
                  "role", new Scalar(origin, ScalarType.TEXT, "admin"),
                  "secret", new Scalar(origin, ScalarType.TEXT, secret))));
    }
    return new Sequence(origin, keys);
  }

  private static ConfigNode put(
      @Nullable ConfigNode old, List<String> path, int depth, ConfigNode value)
      throws ConfigException {
    if (depth == path.size()) {
      return value;
    }
    String key = path.get(depth);
    boolean index = !key.isEmpty() && key.chars().allMatch(c -> c >= '0' && c <= '9');
    if (index && depth > 0) {
      return putItem(list(old, value.origin()), path, depth, value);
    }
    Mapping section =
        old instanceof Mapping mapping ? mapping : new Mapping(value.origin(), Map.of());
    return section.with(key, put(section.entries().get(key), path, depth + 1, value));
  }

  /** The elements of a list; another variable may have given it as one text. */
  private static Sequence list(@Nullable ConfigNode old, Origin otherwise) {
    if (old instanceof Sequence sequence) {
      return sequence;
    }
    if (old instanceof Scalar scalar && scalar.type() == ScalarType.VARIABLE) {
      return new Sequence(
          scalar.origin(),
          BracketedList.parse(scalar.text()).stream()
              .<ConfigNode>map(t -> new Scalar(scalar.origin(), ScalarType.VARIABLE, t))
              .toList());
    }
    return new Sequence(otherwise, List.of());
  }

  private static ConfigNode putItem(Sequence list, List<String> path, int depth, ConfigNode value)
      throws ConfigException {
    List<ConfigNode> items = new ArrayList<>(list.items());
    String key = path.get(depth);
    int at = key.length() > 6 ? Integer.MAX_VALUE : Integer.parseInt(key);
    if (at > items.size()) {
      throw new ConfigException(
          value.origin(),
          String.join(".", path.subList(0, depth)),
          "has " + items.size() + " entries, so that the next index is " + items.size());
    }
    ConfigNode item = put(at < items.size() ? items.get(at) : null, path, depth + 1, value);
    if (at < items.size()) {
      items.set(at, item);
    } else {
      items.add(item);
    }
    return new Sequence(list.origin(), items);
  }
}
