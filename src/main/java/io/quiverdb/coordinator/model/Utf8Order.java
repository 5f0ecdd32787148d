// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.Comparator;

/**
 * Orders texts as their UTF-8 bytes, unsigned: the order of code points, which is not that of
 * UTF-16. It is the order in which shards list points. Thread-safe.
 */
public enum Utf8Order implements Comparator<String> {
  /** The only instance. */
  INSTANCE;

  @Override
  public int compare(String a, String b) {
    int common = Math.min(a.length(), b.length());
    for (int i = 0; i < common; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        // Two chars differ inside or at the start of a pair: a pair is above every single char.
        boolean pairA = Character.isSurrogate(x);
        boolean pairB = Character.isSurrogate(y);
        return pairA == pairB ? Character.compare(x, y) : pairA ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
