<?php

declare(strict_types=1);

namespace StandIn\Web;

/** A message for the next page: every post redirects. */
final class Flash
{
    public static function set(string $type, string $text): void
    {
        $_SESSION['standin_flash'] = [$type, $text];
    }

    /** @return array{0: string, 1: string}|null Bootstrap's word and the text, once. */
    public static function take(): ?array
    {
        $flash = $_SESSION['standin_flash'] ?? null;
        unset($_SESSION['standin_flash']);
        return $flash;
    }
}
