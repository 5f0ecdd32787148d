// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PathSegmentTest {
  @Test
  void whatIsNotUnreservedIsEncodedAsUtf8() {
    assertEquals("aZ09-._~", PathSegment.of("aZ09-._~"));
    assertEquals("a%2Fb%25%3F%23%20%2B", PathSegment.of("a/b%?# +"));
    assertEquals("%C3%A9%F0%9F%98%80%01", PathSegment.of("é😀\u0001"));
  }

  @Test
  void dotsDoNotClimb() {
    assertEquals("%2E", PathSegment.of("."));
    assertEquals("%2E%2E", PathSegment.of(".."));
    assertEquals("...", PathSegment.of("..."));
  }
}
