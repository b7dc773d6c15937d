<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Installation;

/**
 * Whether configuration.php makes the invoices of WHMCS 9 editable again, which changes its books (whmcs.md §0). WHMCS offers no
 * way to ask for it, so the file is read.
 */
final class Mutation
{
    const VARIABLE = 'allow_adminarea_invoice_mutation';

    /** @return bool|null null if the file cannot be read, or PHP lacks its tokenizer */
    public static function isAllowed(string $file = ROOTDIR . '/configuration.php')
    {
        if (isset($GLOBALS[self::VARIABLE])) {
            return (bool) $GLOBALS[self::VARIABLE];
        }
        $code = is_readable($file) && function_exists('token_get_all') ? file_get_contents($file) : false;
        if ($code === false) {
            return null;
        }
        $isAllowed = false;
        $words = array_values(array_filter(token_get_all($code), static function ($token): bool {
            return !is_array($token) || !in_array($token[0], [T_WHITESPACE, T_COMMENT, T_DOC_COMMENT], true);
        }));
        foreach ($words as $at => $word) {
            if (is_array($word) && $word[1] === '$' . self::VARIABLE && ($words[$at + 1] ?? '') === '=') {
                $value = $words[$at + 2] ?? '';
                $text = strtolower(trim(is_array($value) ? $value[1] : $value, '\'"'));
                $isAllowed = !in_array($text, ['false', '0', 'null', ''], true);
            }
        }
        return $isAllowed;
    }
}
