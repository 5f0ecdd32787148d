// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The canonical text of an IPv6 address (RFC 4291, RFC 5952). */
public final class Ipv6 {
  private static final int GROUPS = 8;
  private static final Pattern GROUP = Pattern.compile("[0-9a-f]{1,4}");
  private static final Pattern OCTET = Pattern.compile("0|[1-9][0-9]{0,2}");

  private Ipv6() {}

  /**
   * The canonical text. An IPv4-mapped address becomes that IPv4 address.
   *
   * @param text without brackets
   * @return empty if it is no IPv6 address
   */
  public static Optional<String> canonical(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    int gap = lower.indexOf("::");
    Optional<List<Integer>> head = groups(gap < 0 ? lower : lower.substring(0, gap));
    Optional<List<Integer>> tail =
        gap < 0 ? Optional.of(List.of()) : groups(lower.substring(gap + 2));
    if (head.isEmpty() || tail.isEmpty() || (gap >= 0 && lower.substring(0, gap).contains("."))) {
      return Optional.empty();
    }
    int missing = GROUPS - head.get().size() - tail.get().size();
    if (gap < 0 ? missing != 0 : missing < 1) {
      return Optional.empty();
    }
    List<Integer> all = new ArrayList<>(head.get());
    for (int i = 0; i < missing; i++) {
      all.add(0);
    }
    all.addAll(tail.get());
    return Optional.of(isIpv4(all) ? ipv4(all) : shortest(all));
  }

  /** Groups of 16 bits, the last two perhaps as an IPv4 address; empty if one is none. */
  private static Optional<List<Integer>> groups(String text) {
    List<Integer> groups = new ArrayList<>();
    if (text.isEmpty()) {
      return Optional.of(groups);
    }
    String[] parts = text.split(":", -1);
    for (int i = 0; i < parts.length; i++) {
      if (GROUP.matcher(parts[i]).matches()) {
        groups.add(Integer.parseInt(parts[i], 16));
      } else if (i < parts.length - 1 || !addOctets(parts[i], groups)) {
        return Optional.empty();
      }
    }
    return Optional.of(groups);
  }

  private static boolean addOctets(String text, List<Integer> groups) {
    String[] octets = text.split("\\.", -1);
    if (octets.length != 4) {
      return false;
    }
    int[] values = new int[4];
    for (int i = 0; i < 4; i++) {
      if (!OCTET.matcher(octets[i]).matches() || Integer.parseInt(octets[i]) > 255) {
        return false;
      }
      values[i] = Integer.parseInt(octets[i]);
    }
    groups.add(values[0] << 8 | values[1]);
    groups.add(values[2] << 8 | values[3]);
    return true;
  }

  private static boolean isIpv4(List<Integer> groups) {
    return groups.subList(0, 5).stream().allMatch(group -> group == 0) && groups.get(5) == 0xffff;
  }

  private static String ipv4(List<Integer> groups) {
    int high = groups.get(6);
    int low = groups.get(7);
    return (high >> 8) + "." + (high & 0xff) + "." + (low >> 8) + "." + (low & 0xff);
  }

  /** The longest row of zeros, the first of equal ones, becomes two colons. */
  private static String shortest(List<Integer> groups) {
    int start = 0;
    int length = 0;
    for (int i = 0; i < GROUPS; i++) {
      int end = i;
      while (end < GROUPS && groups.get(end) == 0) {
        end++;
      }
      if (end - i > length) {
        start = i;
        length = end - i;
      }
    }
    return length < 2
        ? hex(groups)
        : hex(groups.subList(0, start)) + "::" + hex(groups.subList(start + length, GROUPS));
  }

  private static String hex(List<Integer> groups) {
    return String.join(":", groups.stream().map(Integer::toHexString).toList());
  }
}
