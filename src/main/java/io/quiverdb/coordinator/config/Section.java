// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import io.quiverdb.coordinator.config.ConfigNode.Mapping;
import io.quiverdb.coordinator.config.ConfigNode.Scalar;
import io.quiverdb.coordinator.config.ConfigNode.ScalarType;
import io.quiverdb.coordinator.config.ConfigNode.Sequence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A strict reader of one section: {@link #nothingElse} refuses keys that were not read. Not
 * thread-safe.
 */
final class Section {
  private static final Duration MAX_DURATION = Duration.ofHours(1);

  private final String path;
  private final Mapping node;
  private final TreeSet<String> known = new TreeSet<>();

  Section(String path, Mapping node) {
    this.path = path;
    this.node = node;
  }

  /** Whether the key is present with a value other than null. */
  boolean has(String key) {
    return find(key).isPresent();
  }

  String text(String key) throws ConfigException {
    return field(key).text();
  }

  String textOr(String key, String absent) throws ConfigException {
    return has(key) ? text(key) : absent;
  }

  boolean truthOr(String key, boolean absent) throws ConfigException {
    Optional<Scalar> scalar = scalar(key);
    if (scalar.isEmpty()) {
      return absent;
    }
    String text = scalar.get().text().toLowerCase(Locale.ROOT);
    boolean fits =
        scalar.get().type() == ScalarType.TRUTH
            || (scalar.get().type() == ScalarType.VARIABLE
                && (text.equals("true") || text.equals("false")));
    if (!fits) {
      throw wanted(key, "true or false");
    }
    return text.equals("true");
  }

  int wholeOr(String key, int absent, int least, int most) throws ConfigException {
    return (int) wholeOr(key, (long) absent, least, most);
  }

  long wholeOr(String key, long absent, long least, long most) throws ConfigException {
    Optional<Scalar> scalar = number(key, "[0-9]{1,18}", "a whole number");
    if (scalar.isEmpty()) {
      return absent;
    }
    long value = Long.parseLong(scalar.get().text());
    if (value < least || value > most) {
      throw error(key, "is " + value + "; wanted " + least + " to " + most);
    }
    return value;
  }

  /** An unsigned 64-bit number. */
  long unsignedOr(String key, long absent) throws ConfigException {
    String wanted = "a whole number from 0 to 18446744073709551615";
    Optional<Scalar> scalar = number(key, "[0-9]{1,20}", wanted);
    try {
      return scalar.isPresent() ? Long.parseUnsignedLong(scalar.get().text()) : absent;
    } catch (NumberFormatException e) {
      throw wanted(key, wanted);
    }
  }

  private Optional<Scalar> number(String key, String shape, String wanted) throws ConfigException {
    Optional<Scalar> scalar = scalar(key);
    if (scalar.isPresent()) {
      ScalarType type = scalar.get().type();
      boolean fits = type == ScalarType.WHOLE || type == ScalarType.VARIABLE;
      if (!fits || !scalar.get().text().matches(shape)) {
        throw wanted(key, wanted);
      }
    }
    return scalar;
  }

  /** A duration from one millisecond to one hour. */
  Duration durationOr(String key, Duration absent) throws ConfigException {
    return has(key) ? duration(key) : absent;
  }

  Duration duration(String key) throws ConfigException {
    String wanted = "a duration from 1ms to 1h, such as 500ms, 2s or 1m";
    Scalar scalar = scalar(key).orElseThrow(() -> missing(key));
    Duration duration =
        Quantity.duration(scalar.text()).orElseThrow(() -> wanted(key, wanted, scalar));
    if (duration.isZero() || duration.compareTo(MAX_DURATION) > 0) {
      throw wanted(key, wanted, scalar);
    }
    return duration;
  }

  /** A size in bytes. */
  long sizeOr(String key, long absent, long least, long most) throws ConfigException {
    Optional<Scalar> scalar = scalar(key);
    if (scalar.isEmpty()) {
      return absent;
    }
    String wanted = "a size from " + least + " to " + most + " bytes, such as 512KiB or 8MiB";
    long size = Quantity.size(scalar.get().text()).orElseThrow(() -> wanted(key, wanted));
    if (size < least || size > most) {
      throw wanted(key, wanted, scalar.get());
    }
    return size;
  }

  <E extends Enum<E>> E choiceOr(String key, E absent) throws ConfigException {
    return has(key) ? choice(key, absent.getDeclaringClass()) : absent;
  }

  <E extends Enum<E>> E choice(String key, Class<E> type) throws ConfigException {
    String text = text(key);
    List<E> all = Arrays.asList(type.getEnumConstants());
    return all.stream()
        .filter(e -> e.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                wanted(
                    key,
                    all.stream()
                        .map(e -> e.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(" or "))));
  }

  HostPort hostPort(String key) throws ConfigException {
    Field field = field(key);
    return HostPort.parse(field.text())
        .orElseThrow(
            () ->
                field.error(
                    "\""
                        + field.text()
                        + "\" is no address; wanted host:port with a port from 1 to 65535,"
                        + " such as 127.0.0.1:6335"));
  }

  /** The text of a required key. */
  Field field(String key) throws ConfigException {
    Scalar scalar = scalar(key).orElseThrow(() -> missing(key));
    return textField(scalar, path(key));
  }

  /**
   * A list of texts; empty if the key is absent. An environment variable has the form {@code
   * [a,b]}.
   */
  List<Field> texts(String key) throws ConfigException {
    Optional<ConfigNode> found = find(key);
    if (found.isEmpty()) {
      return List.of();
    }
    List<Field> fields = new ArrayList<>();
    if (found.get() instanceof Scalar scalar && scalar.type() == ScalarType.VARIABLE) {
      for (String element : BracketedList.parse(scalar.text())) {
        fields.add(new Field(path(key) + "[" + fields.size() + "]", scalar.origin(), element));
      }
      return fields;
    }
    for (ConfigNode item : items(key, "a list of texts")) {
      String where = path(key) + "[" + fields.size() + "]";
      if (!(item instanceof Scalar scalar)) {
        throw new ConfigException(item.origin(), where, "wanted text, found " + item.kind());
      }
      fields.add(textField(scalar, where));
    }
    return fields;
  }

  private static Field textField(Scalar scalar, String where) throws ConfigException {
    if (scalar.type() != ScalarType.TEXT && scalar.type() != ScalarType.VARIABLE) {
      throw new ConfigException(
          scalar.origin(), where, "wanted text, found " + scalar.kind() + "; put it in quotes");
    }
    return new Field(where, scalar.origin(), scalar.text());
  }

  /** The section at a key; an empty one if the key is absent. */
  Section section(String key) throws ConfigException {
    Optional<ConfigNode> found = find(key);
    if (found.isEmpty()) {
      return new Section(path(key), new Mapping(node.origin(), Map.of()));
    }
    if (found.get() instanceof Mapping mapping) {
      return new Section(path(key), mapping);
    }
    throw wanted(key, "a section with keys of its own");
  }

  /** Whether the value is a section rather than a single value. */
  boolean isSection(String key) {
    return find(key).filter(Mapping.class::isInstance).isPresent();
  }

  /** A list of sections; empty if the key is absent. */
  List<Section> sections(String key) throws ConfigException {
    List<Section> sections = new ArrayList<>();
    if (!has(key)) {
      return sections;
    }
    for (ConfigNode item : items(key, "a list of sections")) {
      String where = path(key) + "[" + sections.size() + "]";
      if (!(item instanceof Mapping mapping)) {
        throw new ConfigException(item.origin(), where, "wanted a section, found " + item.kind());
      }
      sections.add(new Section(where, mapping));
    }
    return sections;
  }

  private List<ConfigNode> items(String key, String wanted) throws ConfigException {
    if (find(key).orElse(null) instanceof Sequence sequence) {
      return sequence.items();
    }
    throw wanted(key, wanted);
  }

  /** Refuses every key that was not read. Call it after all keys were read. */
  void nothingElse() throws ConfigException {
    for (Map.Entry<String, ConfigNode> entry : node.entries().entrySet()) {
      if (!known.contains(entry.getKey())) {
        throw new ConfigException(
            entry.getValue().origin(),
            path(entry.getKey()),
            "this key is not known; known here: " + String.join(", ", known));
      }
    }
  }

  /** An error at the place of a key, or of the section if the key is absent. */
  ConfigException error(String key, String what) {
    return new ConfigException(
        find(key).map(ConfigNode::origin).orElse(node.origin()), path(key), what);
  }

  ConfigException missing(String key) {
    return error(key, "is missing");
  }

  private ConfigException wanted(String key, String wanted) {
    return error(key, "wanted " + wanted + found(find(key).orElse(node)));
  }

  private ConfigException wanted(String key, String wanted, Scalar scalar) {
    return error(key, "is " + scalar.text() + "; wanted " + wanted);
  }

  private static String found(ConfigNode value) {
    return value instanceof Scalar scalar && scalar.type() != ScalarType.NULL
        ? ", found \"" + scalar.text() + "\""
        : ", found " + value.kind();
  }

  private Optional<Scalar> scalar(String key) throws ConfigException {
    Optional<ConfigNode> found = find(key);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    if (found.get() instanceof Scalar scalar) {
      return Optional.of(scalar);
    }
    throw error(key, "wanted a single value, found " + found.get().kind());
  }

  private Optional<ConfigNode> find(String key) {
    known.add(key);
    return Optional.ofNullable(node.entries().get(key))
        .filter(value -> !(value instanceof Scalar scalar && scalar.isNull()));
  }

  private String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** A text and its place. */
  record Field(String path, Origin origin, String text) {
    ConfigException error(String what) {
      return new ConfigException(origin, path, what);
    }
  }
}
