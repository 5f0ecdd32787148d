// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreePortsTest {
  @Test
  void aTakenPortInTheRowIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      IOException refused = assertThrows(IOException.class, () -> FreePorts.inARow(port, 1));
      assertTrue(String.valueOf(refused.getMessage()).contains("port " + port), refused.toString());
    }
  }

  @Test
  void noPortIsGivenTwiceThoughNobodyListensYet() {
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      ports.addAll(FreePorts.take(10));
    }
    assertEquals(500, ports.stream().distinct().count());
  }

  @Test
  void twoJvmsThatBeginAtOnePlaceShareNoPort() {
    List<Integer> ports = new ArrayList<>();
    FreePorts one = new FreePorts(0);
    FreePorts other = new FreePorts(0);
    for (int i = 0; i < 30; i++) {
      ports.addAll(one.some(10));
      ports.addAll(other.some(10));
    }
    assertEquals(600, ports.stream().distinct().count());
  }
}
