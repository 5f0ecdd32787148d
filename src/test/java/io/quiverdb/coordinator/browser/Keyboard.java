// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.browser;

import org.openqa.selenium.Keys;
import org.openqa.selenium.interactions.Actions;

/** Presses keys at the focus. */
final class Keyboard {
  private static final int MOST_STOPS = 120;

  private Keyboard() {}

  /** Whether Tab reaches this element. */
  static boolean reaches(Page page, String css) {
    for (int i = 0; i < MOST_STOPS; i++) {
      press(page, Keys.TAB);
      if (Boolean.TRUE.equals(
          page.driver.executeScript(
              "return document.activeElement === document.querySelector(arguments[0])", css))) {
        return true;
      }
    }
    return false;
  }

  static void enter(Page page) {
    press(page, Keys.ENTER);
  }

  static void escape(Page page) {
    press(page, Keys.ESCAPE);
  }

  private static void press(Page page, Keys key) {
    new Actions(page.driver).sendKeys(key).perform();
  }
}
