// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.support;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is removed from a text. */
class ScrubTest {
  private final Scrub scrub = new Scrub(List.of("", "k-0123"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "add_shard http://user:hush@s1:6333 | add_shard http://(removed)@s1:6333",
        "add_shard http://hush@s1:6333/a, b | add_shard http://(removed)@s1:6333/a, b",
        "\"url\":\"HTTPS://a@b@s1:1/\"      | \"url\":\"HTTPS://(removed)@s1:1/\"",
        "grow https://u:a/b@s:1/x           | grow https://(removed)@s:1/x",
        "http://s1:6333/?token=hush&x=1 no  | http://s1:6333/?(removed) no",
        "Authorization: Bearer hush\"       | Authorization: Bearer (removed)\"",
        "the key is k-0123, not k-0124      | the key is (removed), not k-0124",
        "http://s1:6333 is fine, ops@host   | http://s1:6333 is fine, ops@host",
        "what? http://s1:6333/a_b           | what? http://s1:6333/a_b",
      })
  void secretsInUrlsAndHeadersGo(String text, String clean) {
    assertEquals(clean, scrub.text(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "QUIVER_API_KEYS=hush                | QUIVER_API_KEYS=(removed)",
        "secret: \"hush\" more               | secret: \"(removed)\" more",
        "{\"shard_key\":\"hush\",\"a\":1}    | {\"shard_key\":\"(removed)\",\"a\":1}",
        "-Dhttp.proxyPassword=hush -Xmx1g    | -Dhttp.proxyPassword=(removed) -Xmx1g",
        "secret_file: keys/ops               | secret_file: keys/ops",
        "the api key ops is admin            | the api key ops is admin",
      })
  void ofALogWhatIsAssignedToASecretGoesToo(String text, String clean) {
    assertEquals(clean, scrub.log(text));
  }

  @Test
  void aLongTextIsCleanedInATimeThatGrowsWithIt() {
    String text = "http://" + "a:".repeat(500_000);
    assertEquals(text, scrub.log(text));
  }
}
