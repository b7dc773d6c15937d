<?php

// STAND-IN, not WHMCS: the external API (whmcs.md §3.1).

declare(strict_types=1);

require dirname(__DIR__) . '/init.php';

[$status, $answer] = StandIn\Api\Api::external($_POST);
http_response_code($status);
header('Content-Type: application/json');
header('X-Stand-In: This is a stand-in, not WHMCS.');
echo json_encode($answer, JSON_INVALID_UTF8_SUBSTITUTE);
