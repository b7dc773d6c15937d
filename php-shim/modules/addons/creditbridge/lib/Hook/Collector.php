<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Hook;

use WHMCS\Module\Addon\Creditbridge\Limits;

/**
 * Takes from a hook's arguments only what may leave WHMCS. It runs before the spool: a field that is not listed is
 * never stored.
 */
final class Collector
{
    /**
     * The item's `data`.
     *
     * @param array $vars WHMCS's arguments
     * @param array $request $_REQUEST
     * @param int $clientId the client who is logged in, or 0
     * @param string[] $named fields that the manifest names, for hooks unknown to us
     */
    public static function collect(string $hook, array $vars, array $request, int $clientId, array $named = []): array
    {
        $data = array_key_exists($hook, Fields::KNOWN)
            ? self::listed(Fields::KNOWN[$hook], $vars, $request, $clientId)
            : self::scalars($vars, $named);

        return array_slice($data, 0, Limits::DATA_MEMBERS, true);
    }

    private static function listed(array $fields, array $vars, array $request, int $clientId): array
    {
        $data = [];
        foreach ($fields as $field) {
            if ($field === 'session.userid') {
                $name = 'userid';
                $source = $clientId === 0 ? [] : ['userid' => $clientId];
            } elseif (strncmp($field, 'request.', 8) === 0) {
                $name = substr($field, 8);
                $source = $request;
            } else {
                $name = $field;
                $source = $vars;
            }
            // WHMCS documents this typing error; both spellings are read (whmcs.md §4.3).
            $sentAs = $name === 'invocieid' ? 'invoiceid' : $name;
            if (!isset($data[$sentAs]) && array_key_exists($name, $source) && self::isValue($source[$name])) {
                $data[$sentAs] = self::value($source[$name]);
            }
        }
        return $data;
    }

    private static function scalars(array $vars, array $named): array
    {
        $data = [];
        foreach ($vars as $name => $value) {
            if (self::mayLeave((string) $name, $named) && self::isValue($value)) {
                $data[$name] = self::value($value);
            }
        }
        return $data;
    }

    private static function mayLeave(string $name, array $named): bool
    {
        if (!preg_match('/^[A-Za-z][A-Za-z0-9_]{0,63}$/', $name)) {
            return false;
        }
        foreach (Fields::DENIED as $part) {
            if (stripos($name, $part) !== false) {
                return false;
            }
        }
        foreach (Fields::ENDINGS as $ending) {
            if (strcasecmp(substr($name, -strlen($ending)), $ending) === 0) {
                return true;
            }
        }
        return in_array($name, $named, true);
    }

    /** Arrays, models and long texts are not sent, because their content is unknown. */
    private static function isValue($value): bool
    {
        if (is_string($value)) {
            return mb_strlen($value, 'UTF-8') <= Limits::FIELD_CHARACTERS;
        }
        return $value === null || is_int($value) || is_bool($value) || (is_float($value) && is_finite($value));
    }

    /** bridge: a float is an amount that WHMCS computed, and is sent as a decimal string. */
    private static function value($value)
    {
        return is_float($value) ? number_format($value, 2, '.', '') : $value;
    }
}
