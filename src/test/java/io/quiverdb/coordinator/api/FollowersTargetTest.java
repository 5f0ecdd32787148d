// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.api.http.RequestTarget;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The leader can read a target that the caller should have encoded and a follower has forwarded.
 */
class FollowersTargetTest extends OnFakeMembers {
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      quoteCharacter = '~',
      value = {
        "DELETE /cluster/routers?url=http://h:1/a|b 404",
        "DELETE /cluster/routers?url={h} 404",
        "DELETE /cluster/shards/0/replicas?url=http://[::1]:1/^`{}|\"<>\\ 404",
        "POST /cluster/migrations/1/retry?skip=|1| 400",
        "POST /cluster/shards/{0}/promote 400",
      })
  void itIsAnsweredAndNotUnavailable(String method, String target, int status) throws Exception {
    String answer = raw(method, target);
    assertTrue(answer.startsWith("HTTP/1.1 " + status), answer);
  }

  @Test
  void aTargetThatNeedsNothingStaysAsItIs() {
    String target = "/cluster/locate?point=a%20b+c&x=~:/?@!$'()*,;=";
    assertEquals(target, RequestTarget.legal(target));
    String repaired = RequestTarget.legal("/a?b=\"<>[\\]^`{|}\u00e9\ud83d\ude00");
    assertEquals("/a?b=%22%3C%3E%5B%5C%5D%5E%60%7B%7C%7D%C3%A9%F0%9F%98%80", repaired);
    assertFalse(URI.create(repaired).getQuery().isEmpty());
  }

  private String raw(String method, String target) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", members.followerPort())) {
      socket
          .getOutputStream()
          .write(
              (method
                      + " "
                      + target
                      + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer admin\r\n"
                      + "Content-Type: application/json\r\nContent-Length: 2\r\n"
                      + "Connection: close\r\n\r\n{}")
                  .getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
