<?php

declare(strict_types=1);

namespace StandIn\Web;

/** Ends the request with a redirect. */
final class Redirect
{
    public static function to(string $address): never
    {
        header('Location: ' . $address, true, 303);
        exit;
    }
}
